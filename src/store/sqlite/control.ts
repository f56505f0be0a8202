import type { Instant } from '../../run/records.ts';
import { StoreError } from '../store-error.ts';
import type { PauseStore, RunStore } from '../store.ts';
import { ATTEMPTS_UP_TO, ONE_ATTEMPT, outcomePlace, placeOf } from './attempts.ts';
import { prepareDoubts } from './doubts.ts';
import { integer, text } from './row.ts';
import type { Connections } from './sqlite-store.ts';

/** What people decide of runs. */
export function createRunControl({
  reader,
  writer,
  queue,
  values,
}: Connections): Pick<RunStore, 'requeue' | 'reopen' | 'isReplayed'> {
  const requeue = writer.prepare(`UPDATE runs SET status = 'queued' WHERE id = ? AND finished_at IS NULL`);
  const reopen = writer.prepare(
    `UPDATE runs SET status = ?, finished_at = NULL, failure = NULL WHERE id = ? AND status = 'uncertain'
     RETURNING parent_run, parent_step`,
  );
  // Also those before it: a doubt about one of them is why it may not be made again by itself.
  const forget = writer.prepare(`DELETE FROM attempts WHERE ${ATTEMPTS_UP_TO}`);
  const decide = writer.prepare(`UPDATE attempts SET finished_at = ?, outcome = ? WHERE ${ONE_ATTEMPT}`);
  const unanswer = writer.prepare(`UPDATE attempts SET finished_at = NULL, outcome = NULL WHERE ${ONE_ATTEMPT}`);
  const doubts = prepareDoubts(writer, values);
  const replay = reader.prepare('SELECT 1 FROM runs WHERE origin = ? LIMIT 1');

  /** The steps that called it and came to the same doubt wait for it again, and so do their runs where they ended for that. */
  const reopenCallers = (child: string, parent: { [column: string]: unknown }): void => {
    const [run, step] = [parent['parent_run'], parent['parent_step']];
    if (typeof run !== 'string' || typeof step !== 'string') return;
    // Otherwise it does not wait for the run, or has not heard of it.
    if (doubts.stateOf(run, step) !== 'in_doubt') return;
    unanswer.run(run, ...placeOf({ step, attempt: 1 }));
    if (doubts.calledInDoubt(run) !== child) return;
    const caller = reopen.get('waiting', run);
    if (caller !== undefined) reopenCallers(run, caller);
  };

  return {
    requeue: (run) => queue.commit(() => void requeue.run(run)),
    reopen: async (run, key, outcome, at) => {
      const came = outcome && values.prepare(values.runs.of(run), outcomePlace(run, key), outcome);
      return queue.commit(() => {
        const reopened = reopen.get('queued', run);
        if (reopened === undefined) throw new StoreError('store_refused', `The run ${run} is not uncertain.`);
        if (came === undefined) forget.run(run, ...placeOf(key));
        else decide.run(at, values.keep(came), run, ...placeOf(key));
        reopenCallers(run, reopened);
      });
    },
    isReplayed: (run) => replay.get(run) !== undefined,
  };
}

export function createPauseStore({ reader, writer, queue }: Connections): PauseStore {
  const insert = writer.prepare('INSERT OR IGNORE INTO pauses (account, automation, since) VALUES (?, ?, ?)');
  const remove = writer.prepare('DELETE FROM pauses WHERE account = ? AND automation = ?');
  const list = reader.prepare('SELECT account, automation, since FROM pauses ORDER BY account, automation');
  return {
    pause: (account, automation, at: Instant) => queue.commit(() => void insert.run(account, automation ?? '', at)),
    unpause: (account, automation) => queue.commit(() => Number(remove.run(account, automation ?? '').changes) === 1),
    list: () =>
      list.all().map((row) => {
        const automation = text(row, 'automation');
        return {
          account: text(row, 'account'),
          ...(automation === '' ? {} : { automation }),
          since: integer(row, 'since'),
        };
      }),
  };
}
