import type { Instant } from '../../run/records.ts';
import { StoreError } from '../store-error.ts';
import type { PauseStore, RunStore } from '../store.ts';
import { ATTEMPTS_UP_TO, ONE_ATTEMPT, placeOf } from './attempts.ts';
import { isUncertain, readFailure, readOutcome } from './outcome-json.ts';
import { integer, optionalJson, text } from './row.ts';
import type { Connections } from './sqlite-store.ts';

/** What people decide of runs. */
export function createRunControl({
  reader,
  writer,
  queue,
}: Connections): Pick<RunStore, 'requeue' | 'reopen' | 'isReplayed'> {
  const requeue = writer.prepare(`UPDATE runs SET status = 'queued' WHERE id = ? AND finished_at IS NULL`);
  const reopen = writer.prepare(
    `UPDATE runs SET status = ?, finished_at = NULL, failure = NULL WHERE id = ? AND status = 'uncertain'
     RETURNING parent_run, parent_step`,
  );
  // Also those before it: a doubt about one of them is why it may not be made again by itself.
  const forget = writer.prepare(`DELETE FROM attempts WHERE ${ATTEMPTS_UP_TO}`);
  const decide = writer.prepare(`UPDATE attempts SET finished_at = ?, outcome = ? WHERE ${ONE_ATTEMPT}`);
  const answered = writer.prepare(`SELECT outcome FROM attempts WHERE ${ONE_ATTEMPT}`);
  const unanswer = writer.prepare(`UPDATE attempts SET finished_at = NULL, outcome = NULL WHERE ${ONE_ATTEMPT}`);
  const failureOf = writer.prepare('SELECT failure FROM runs WHERE id = ?');
  const replay = reader.prepare('SELECT 1 FROM runs WHERE origin = ? LIMIT 1');

  /** The steps that called it and came to the same doubt wait for it again, and so do their runs where they ended for that. */
  const reopenCallers = (child: string, parent: { [column: string]: unknown }): void => {
    const [run, step] = [parent['parent_run'], parent['parent_step']];
    if (typeof run !== 'string' || typeof step !== 'string') return;
    const place = placeOf({ step, attempt: 1 });
    const attempt = answered.get(run, ...place);
    const outcome = attempt && optionalJson(attempt, 'outcome');
    // It does not wait for the run, or has not heard of it.
    if (outcome === undefined || !isUncertain(readOutcome(outcome))) return;
    unanswer.run(run, ...place);
    const ended = failureOf.get(run);
    const failure = ended && optionalJson(ended, 'failure');
    if (failure === undefined || readFailure(failure).run !== child) return;
    const caller = reopen.get('waiting', run);
    if (caller !== undefined) reopenCallers(run, caller);
  };

  return {
    requeue: (run) => queue.commit(() => void requeue.run(run)),
    reopen: (run, key, outcome, at) =>
      queue.commit(() => {
        const reopened = reopen.get('queued', run);
        if (reopened === undefined) throw new StoreError('store_refused', `The run ${run} is not uncertain.`);
        if (outcome === undefined) forget.run(run, ...placeOf(key));
        else decide.run(at, JSON.stringify(outcome), run, ...placeOf(key));
        reopenCallers(run, reopened);
      }),
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
