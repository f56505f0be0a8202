import type { RunRecord } from '../../run/records.ts';
import type { RunStore } from '../store.ts';
import type { Row } from './row.ts';
import { prepareRunInsert } from './run-insert.ts';
import { RUN_COLUMNS } from './run-list.ts';
import type { Connections } from './sqlite-store.ts';

/** Runs that steps of other runs call. */
export function createCalls(
  { reader, writer, queue }: Connections,
  readRun: (row: Row) => RunRecord,
): Pick<RunStore, 'beginCall' | 'called'> {
  const insertRun = prepareRunInsert(writer);
  const begin = writer.prepare(
    `INSERT INTO attempts (run, step, attempt, effect, input, started_at, finished_at, outcome)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const called = reader.prepare(`SELECT ${RUN_COLUMNS} FROM runs WHERE parent_run = ? ORDER BY created_at, id LIMIT ?`);

  return {
    beginCall: ({ run, key, effect, input, startedAt }, child, outcome) =>
      queue.commit(() => {
        const end = outcome === undefined ? [null, null] : [startedAt, JSON.stringify(outcome)];
        begin.run(run, key.step, key.attempt, effect, JSON.stringify(input), startedAt, ...end);
        insertRun(child)();
      }),
    called: (run, limit) => called.all(run, limit).map(readRun),
  };
}
