import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { keepPlan, newFolder, sampleRun } from './sample-store.ts';

/** Another process holds the write lock for so many milliseconds, as a tool of an operator may. Gives when it ends. */
async function lock(folder: string, milliseconds: number): Promise<{ freed: Promise<unknown> }> {
  const args = [join(import.meta.dirname, 'lock-database-child.ts'), join(folder, 'waybill.db'), String(milliseconds)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const freed = once(child, 'close');
  await once(child.stdout, 'data');
  return { freed };
}

function kept(store: Store): string[] {
  return store.runs.list({ limit: 9 }).map(({ id }) => id);
}

test('what another process locks for a moment is waited for; for long, writes are refused and go on afterwards', async () => {
  const folder = newFolder();
  const store = openSqliteStore(folder);
  await keepPlan(store);
  const moment = await lock(folder, 200);
  const first = sampleRun();
  assert.equal(await store.runs.insert(first), true);
  await moment.freed;

  const long = await lock(folder, 2500);
  await assert.rejects(store.runs.insert(sampleRun()), { name: 'StoreError', code: 'store_busy' });
  assert.deepEqual(kept(store), [first.id]);
  await long.freed;
  const second = sampleRun();
  assert.equal(await store.runs.insert(second), true);
  assert.deepEqual(kept(store), [second.id, first.id]);
  await store.close();
});
