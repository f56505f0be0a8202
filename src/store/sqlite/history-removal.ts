import type { DatabaseSync } from 'node:sqlite';
import { pageOf } from '../../run/page.ts';
import type { PruneRule, PruneStep } from '../history.ts';
import { REPEATS_KNOWN_MS } from './deliveries.ts';
import { integer, optionalText, text } from './row.ts';
import { RUN_BYTES } from './run-bytes.ts';
import type { Values } from './values.ts';

/** Runs that one transaction looks at, and rows that it takes away: some milliseconds of CPU, which is what others wait. */
const LOOKED_AT = 50;
const REMOVED_AT_ONCE = 500;

/** A failed run that waits for a person. */
const UNDECIDED = `status = 'failed' AND NOT EXISTS (SELECT 1 FROM runs AS replay WHERE replay.origin = runs.id)`;

/** Prepares the removal of what is old, inside of a transaction. */
export function prepareRemoval(
  writer: DatabaseSync,
  values: Values,
): (account: string, after: string, rule: PruneRule) => PruneStep {
  // With it an attempt is found among those of a long loop without a walk through all of them.
  writer.function('page_of', { deterministic: true }, (step) => pageOf(String(step)));
  const page = writer.prepare(
    `SELECT id, parent_run,
       finished_at IS NOT NULL AND status <> 'uncertain'
       AND finished_at < CASE WHEN ${UNDECIDED} THEN ?2 ELSE ?3 END
       AND NOT EXISTS (SELECT 1 FROM deliveries WHERE run = runs.id AND accepted_at > ?4)
       AND NOT EXISTS (SELECT 1 FROM runs AS replayed WHERE replayed.id = runs.origin) AS old
     FROM runs WHERE account = ?1 AND id > ?5 ORDER BY id LIMIT ${LOOKED_AT}`,
  );
  // Whoever waits for a called run gets its outcome in the transaction in which that ends: another time means that nobody did.
  const neededBelow = writer.prepare(
    `WITH RECURSIVE called (id) AS (
       SELECT id FROM runs WHERE parent_run = ?1
       UNION ALL SELECT runs.id FROM called CROSS JOIN runs ON runs.parent_run = called.id)
     SELECT 1 FROM called CROSS JOIN runs USING (id)
     WHERE finished_at IS NULL OR status = 'uncertain' OR (${UNDECIDED} AND finished_at >= ?2 AND finished_at <> (
       SELECT coalesce(finished_at, 0) FROM attempts WHERE run = parent_run AND page = page_of(parent_step) AND step = parent_step AND attempt = 1))
     LIMIT 1`,
  );
  const remove = prepareTreeRemoval(writer, values);

  return (account, after, { now, endedBefore = 0, failedBefore = 0, enoughBytes = Infinity }) => {
    const rows = page.all(account, failedBefore, endedBefore, now - REPEATS_KNOWN_MS, after);
    const step = { runs: 0, bytes: 0, rows: 0 };
    let last = after;
    for (const row of rows) {
      const id = text(row, 'id');
      // What was called goes with its caller.
      const goes = integer(row, 'old') === 1 && optionalText(row, 'parent_run') === undefined;
      if (goes && step.bytes < enoughBytes && neededBelow.get(id, failedBefore) === undefined) {
        remove(account, id, step);
        // It may be there still, in parts: the next step goes on with it.
        if (step.rows >= REMOVED_AT_ONCE) return { last, runs: step.runs, bytes: step.bytes };
      }
      last = id;
    }
    return { ...(rows.length < LOOKED_AT ? {} : { last }), runs: step.runs, bytes: step.bytes };
  };
}

/** Takes away a run and those that it called, the last of them first, until so many rows are gone. */
function prepareTreeRemoval(
  writer: DatabaseSync,
  values: Values,
): (account: string, run: string, gone: { runs: number; bytes: number; rows: number }) => void {
  const called = writer.prepare('SELECT id FROM runs WHERE parent_run = ? LIMIT 1');
  const bytes = writer.prepare(`SELECT ${RUN_BYTES} AS bytes FROM runs WHERE id = ?`);
  const removeAttempts = writer.prepare(
    'DELETE FROM attempts WHERE id IN (SELECT id FROM attempts WHERE run = ? LIMIT ?)',
  );
  const removeRun = writer.prepare('DELETE FROM runs WHERE id = ?');

  const lastCalled = (run: string): string => {
    const row = called.get(run);
    return row === undefined ? run : lastCalled(text(row, 'id'));
  };
  return (account, root, gone) => {
    while (gone.rows < REMOVED_AT_ONCE) {
      const run = lastCalled(root);
      const before = integer(bytes.get(run) ?? {}, 'bytes');
      const room = REMOVED_AT_ONCE - gone.rows;
      const attempts = Number(removeAttempts.run(run, room).changes);
      gone.rows += attempts + 1;
      if (attempts === room) {
        gone.bytes += before - integer(bytes.get(run) ?? {}, 'bytes');
        return;
      }
      values.release(account, `run ${run}`);
      removeRun.run(run);
      gone.runs += 1;
      gone.bytes += before;
      if (run === root) return;
    }
  };
}
