import type { RunSummary } from '../../run/records.ts';
import type { RunStore } from '../store.ts';
import { ONE_ATTEMPT, placeOf, prepareAttemptPut } from './attempts.ts';
import type { Row } from './row.ts';
import { prepareRunInsert } from './run-insert.ts';
import { SUMMARY_COLUMNS } from './run-list.ts';
import type { Connections } from './sqlite-store.ts';

/** Runs that steps of other runs call. */
export function createCalls(
  { reader, writer, queue, values }: Connections,
  readSummary: (row: Row) => RunSummary,
): Pick<RunStore, 'beginCall' | 'called' | 'awaited'> {
  const insertRun = prepareRunInsert(writer, values);
  const putAttempt = prepareAttemptPut(writer, values);
  const called = reader.prepare(
    `SELECT ${SUMMARY_COLUMNS} FROM runs WHERE parent_run = ? ORDER BY created_at, id LIMIT ?`,
  );

  const unfinished = reader.prepare(
    `SELECT ${SUMMARY_COLUMNS} FROM runs WHERE parent_run = ? AND finished_at IS NULL ORDER BY id`,
  );
  const open = reader.prepare(`SELECT 1 FROM attempts WHERE ${ONE_ATTEMPT} AND finished_at IS NULL`);

  return {
    beginCall: (attempt, child, outcome) =>
      queue.commit(() => {
        const end = outcome === undefined ? {} : { finishedAt: attempt.startedAt, outcome };
        putAttempt(values.runs.of(attempt.run), { ...attempt, ...end });
        insertRun(child);
      }),
    called: (run, limit) => called.all(run, limit).map(readSummary),
    awaited: (run) =>
      unfinished
        .all(run)
        .map(readSummary)
        .filter(
          ({ parent }) =>
            parent !== undefined && open.get(run, ...placeOf({ step: parent.step, attempt: 1 })) !== undefined,
        ),
  };
}
