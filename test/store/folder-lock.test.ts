import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { newFolder } from './sample-store.ts';

const locked = { name: 'StoreError', code: 'store_locked', message: /Another Waybill process uses the data folder/ };

test(
  'another process is refused the folder until the first is killed; all that was said to be kept is there then',
  { timeout: 30_000 },
  async () => {
    const folder = newFolder();
    const child = spawn(process.execPath, [join(import.meta.dirname, 'lock-child.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const said: string[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        said.push(line);
        if (said.length === 1) assert.throws(() => openSqliteStore(folder), locked);
        if (said.length === 20) {
          assert.throws(() => openSqliteStore(folder), locked, 'the refusal before has not freed it');
          child.kill('SIGKILL');
        }
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      assert.equal(child.signalCode, 'SIGKILL');
      const store = openSqliteStore(folder);
      const whole = said.filter((id) => id.length === 36);
      assert.deepEqual(
        whole.filter((id) => store.runs.get(id) === undefined),
        [],
      );
      assert.ok(whole.length >= 20);
      await store.close();
    } finally {
      child.kill('SIGKILL');
    }
  },
);

test('in one process too, a folder has one store at a time; closing frees it', async () => {
  const folder = newFolder();
  const first = openSqliteStore(folder);
  assert.throws(() => openSqliteStore(folder), locked);
  await first.close();
  await openSqliteStore(folder).close();
});
