import type { RunRecord } from '../../run/records.ts';
import type { RunStore } from '../store.ts';
import { ONE_ATTEMPT, placeOf } from './attempts.ts';
import type { Row } from './row.ts';
import { prepareRunInsert } from './run-insert.ts';
import { RUN_COLUMNS } from './run-list.ts';
import type { Connections } from './sqlite-store.ts';

/** Runs that steps of other runs call. */
export function createCalls(
  { reader, writer, queue }: Connections,
  readRun: (row: Row) => RunRecord,
): Pick<RunStore, 'beginCall' | 'called' | 'awaited'> {
  const insertRun = prepareRunInsert(writer);
  const begin = writer.prepare(
    `INSERT INTO attempts (run, page, step, attempt, effect, input, started_at, finished_at, outcome)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const called = reader.prepare(`SELECT ${RUN_COLUMNS} FROM runs WHERE parent_run = ? ORDER BY created_at, id LIMIT ?`);
  const unfinished = reader.prepare(
    `SELECT ${RUN_COLUMNS} FROM runs WHERE parent_run = ? AND finished_at IS NULL ORDER BY id`,
  );
  const open = reader.prepare(`SELECT 1 FROM attempts WHERE ${ONE_ATTEMPT} AND finished_at IS NULL`);

  return {
    beginCall: ({ run, key, effect, input, startedAt }, child, outcome) =>
      queue.commit(() => {
        const end = outcome === undefined ? [null, null] : [startedAt, JSON.stringify(outcome)];
        begin.run(run, ...placeOf(key), effect, JSON.stringify(input), startedAt, ...end);
        insertRun(child)();
      }),
    called: (run, limit) => called.all(run, limit).map(readRun),
    awaited: (run) =>
      unfinished
        .all(run)
        .map(readRun)
        .filter(
          ({ parent }) =>
            parent !== undefined && open.get(run, ...placeOf({ step: parent.step, attempt: 1 })) !== undefined,
        ),
  };
}
