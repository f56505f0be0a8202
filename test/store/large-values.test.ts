import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseJson } from '../../src/json/parse.ts';
import type { Json } from '../../src/json/value.ts';
import { backUp, restoreBackup } from '../../src/store/sqlite/backup.ts';
import { joinLarge, LARGE_VALUE, splitLarge } from '../../src/store/sqlite/large-values.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { keepPlan, newFolder, sampleRun } from './sample-store.ts';

const LARGE = 'x'.repeat(LARGE_VALUE + 1);

/** Any JSON, with large texts and lists here and there. */
const anyJson = fc.letrec<{ value: Json; leaf: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', '&', 'rest', '1')), tie('value'), { maxKeys: 4 }),
  ),
  leaf: fc.oneof(
    fc.constantFrom<Json>(null, true, 0, -1.5, '', '&', '*', 'v1:'),
    fc.string(),
    fc.constantFrom('12345678901234567890', '1e400').map((digits) => parseJson(digits)),
    fc.constantFrom<Json>(
      LARGE,
      `"${LARGE}é`,
      Array.from({ length: 5000 }, (_, n) => ({ n })),
    ),
  ),
})).value;

test('whatever is split comes back as it was, in the same order, and no text that is kept is much larger than the bound', () => {
  fc.assert(
    fc.property(anyJson, fc.constantFrom('', '*'), (value, salt) => {
      const { text, large } = splitLarge(value, salt);
      const bodies = new Map(large.map(({ digest, body }) => [digest.toString('hex'), body]));
      const joined = joinLarge(text, (digest) => bodies.get(digest.toString('hex')) ?? '');
      assert.equal(JSON.stringify(joined), JSON.stringify(value));
      assert.ok(text.length <= 3 * LARGE_VALUE, `${text.length} characters`);
    }),
    { numRuns: 100 },
  );
});

test('a large value that a run hands on in other objects is kept once, with what is small beside it', async () => {
  const folder = newFolder();
  const store = openSqliteStore(folder);
  await keepPlan(store);
  const body = { id: 7, text: LARGE };
  const run = sampleRun({ trigger: { body } });
  await store.runs.insert(run);
  const inputs: Json[] = [{ prompt: LARGE }, [LARGE, LARGE], { body, again: { body } }];
  for (const [index, input] of inputs.entries()) {
    const key = { step: `s${index}`, attempt: 1 };
    await store.runs.beginAttempt({ run: run.id, key, effect: 'read', input, startedAt: 1 }, 'now');
    await store.runs.finishAttempt(run.id, key, 2, { ok: true, output: body });
  }
  const operation = { kind: 'set', key: 'kept', value: { LARGE } } as const;
  await store.runs.storageAttempt(run, { step: 'save', attempt: 1 }, null, operation, 3).durable;
  await store.runs.finish(run.id, 4, { status: 'succeeded', output: LARGE });

  const check = (opened: typeof store): void => {
    assert.deepEqual(opened.runs.get(run.id)?.trigger, run.trigger);
    assert.equal(opened.runs.get(run.id)?.output, LARGE);
    const attempts = opened.runs.attempts(run.id);
    assert.deepEqual(
      attempts.slice(0, 3).map(({ input }) => input),
      inputs,
    );
    assert.deepEqual(attempts[0]?.outcome, { ok: true, output: body });
    assert.deepEqual(opened.storage.get('acme', 'kept')?.value, { LARGE });
  };
  check(store);
  assert.deepEqual(counted(folder), { kept: 1, used: 2 });
  assert.deepEqual(
    Object.keys(store.runs.list({ limit: 1 })[0] ?? {}).filter((key) => /trigger|output/.test(key)),
    [],
  );

  const file = join(newFolder(), 'backup.db');
  backUp(folder, file);
  await store.close();
  const other = newFolder();
  restoreBackup(file, other);
  const again = openSqliteStore(other);
  check(again);
  // What another owner needs stays; the last one takes it along.
  await again.history.prune('acme', '', { now: Date.now(), endedBefore: Date.now() });
  assert.deepEqual([again.runs.get(run.id), counted(other)], [undefined, { kept: 1, used: 1 }]);
  const next = sampleRun();
  await again.runs.insert(next);
  await again.runs.storageAttempt(next, { step: 'a', attempt: 1 }, null, { ...operation, value: 1 }, 3).durable;
  assert.deepEqual(counted(other), { kept: 0, used: 0 });
  await again.close();
});

test('what is refused leaves no large value behind', async () => {
  const folder = newFolder();
  const store = openSqliteStore(folder);
  await assert.rejects(store.runs.insert(sampleRun({ plan: 'unknown', trigger: { LARGE } })), {
    code: 'store_refused',
  });
  assert.deepEqual(counted(folder), { kept: 0, used: 0 });
  await store.close();
});

test('a kill in the middle of writing and pruning leaves no reference without its value, and no value without a use', async () => {
  const folder = newFolder();
  const child = spawn(process.execPath, [join(import.meta.dirname, 'large-child.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let rounds = 0;
  for await (const chunk of child.stdout) {
    rounds += String(chunk).length;
    if (rounds >= 20) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  const store = openSqliteStore(folder);
  const runs = store.runs.list({ limit: 500 });
  assert.ok(runs.length > 0);
  for (const { id } of runs) {
    const n = Number(store.runs.get(id)?.trigger['n']);
    for (const { input } of store.runs.attempts(id)) assert.deepEqual(input, { large: LARGE + String(n % 3) });
  }
  await store.close();
  const database = new DatabaseSync(join(folder, 'waybill.db'));
  assert.deepEqual(database.prepare('PRAGMA foreign_key_check').all(), []);
  const unused = 'SELECT 1 FROM large_values LEFT JOIN large_value_uses USING (account, digest) WHERE owner IS NULL';
  assert.deepEqual(database.prepare(unused).all(), []);
  const lost = `SELECT 1 FROM large_value_uses LEFT JOIN runs ON owner = 'run ' || id WHERE id IS NULL`;
  assert.deepEqual(database.prepare(lost).all(), []);
  database.close();
});

function counted(folder: string): { kept: number; used: number } {
  const database = new DatabaseSync(join(folder, 'waybill.db'), { readOnly: true });
  const count = (table: string): number => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
  const counts = { kept: count('large_values'), used: count('large_value_uses') };
  database.close();
  return counts;
}
