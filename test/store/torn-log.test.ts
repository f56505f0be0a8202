import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { keepPlan, newFolder, sampleRun } from './sample-store.ts';

/** How the end of the log looks after the power went: it ends early, or what should be there is something else. */
const DAMAGES = {
  cut: (log: Buffer, at: number) => log.subarray(0, at),
  zeros: (log: Buffer, at: number) => Buffer.concat([log.subarray(0, at), Buffer.alloc(log.length - at)]),
  'a sector lost': (log: Buffer, at: number) =>
    Buffer.concat([log.subarray(0, at), Buffer.alloc(Math.min(512, log.length - at), 0xa5), log.subarray(at + 512)]),
};

test('wherever the log is torn, all that was on the disk before is there, in order, and the store goes on', async () => {
  const folder = newFolder();
  const store = openSqliteStore(folder);
  await keepPlan(store);
  const file = join(folder, 'waybill.db');
  const kept: { id: string; end: number }[] = [];
  for (let count = 0; count < 30; count++) {
    const run = sampleRun({ trigger: { body: 'x'.repeat(count * 300) } });
    await store.runs.insert(run);
    kept.push({ id: run.id, end: statSync(`${file}-wal`).size });
  }
  // As a kill leaves them.
  const [database, log] = [readFileSync(file), readFileSync(`${file}-wal`)];
  await store.close();
  const names = Object.keys(DAMAGES) as (keyof typeof DAMAGES)[];
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: log.length }), fc.constantFrom(...names), async (at, damage) => {
      const torn = newFolder();
      writeFileSync(join(torn, 'waybill.db'), database);
      writeFileSync(join(torn, 'waybill.db-wal'), DAMAGES[damage](log, at));
      const durable = kept.filter(({ end }) => end <= at);
      // Before the first commit of all there is no table: the store is made anew.
      const opened = openSqliteStore(torn);
      try {
        const found = opened.runs.list({ limit: 100 }).map(({ id }) => id);
        assert.deepEqual(
          found.toReversed(),
          kept.slice(0, found.length).map(({ id }) => id),
        );
        assert.ok(found.length >= durable.length, `${found.length} of ${durable.length} are left`);
        await keepPlan(opened);
        assert.equal(await opened.runs.insert(sampleRun()), true);
      } finally {
        await opened.close();
      }
      const check = new DatabaseSync(join(torn, 'waybill.db'), { readOnly: true });
      assert.deepEqual(
        check
          .prepare('PRAGMA integrity_check')
          .all()
          .map((row) => ({ ...row })),
        [{ integrity_check: 'ok' }],
      );
      check.close();
    }),
    { numRuns: 40 },
  );
});
