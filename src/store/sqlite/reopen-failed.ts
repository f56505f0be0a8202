import type { RunStore } from '../store.ts';
import { ONE_ATTEMPT, placeOf, RETRIED } from './attempts.ts';
import type { Connections } from './sqlite-store.ts';

/** How runs that failed go on. */
export function createReopenFailed({ writer, queue }: Connections): Pick<RunStore, 'reopenFailed'> {
  const ended = writer.prepare(`SELECT 1 FROM runs WHERE id = ? AND status IN ('failed', 'canceled')`);
  const goOn = writer.prepare(
    `UPDATE runs SET status = 'queued', started_at = NULL, finished_at = NULL, failure = NULL WHERE id = ?`,
  );
  // For people it stays; no journal has it any more.
  const forget = writer.prepare(`UPDATE attempts SET page = '${RETRIED}' || id WHERE ${ONE_ATTEMPT}`);
  const open = writer.prepare(`UPDATE attempts SET finished_at = NULL, outcome = NULL WHERE ${ONE_ATTEMPT}`);
  return {
    reopenFailed: (runs) =>
      queue.commit(() => {
        if (runs.some(({ run }) => ended.get(run.id) === undefined)) return false;
        for (const one of runs) {
          goOn.run(one.run.id);
          for (const key of one.forgotten) forget.run(one.run.id, ...placeOf(key));
          for (const key of one.open) open.run(one.run.id, ...placeOf(key));
        }
        return true;
      }),
  };
}
