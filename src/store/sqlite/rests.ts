import type { DatabaseSync } from 'node:sqlite';
import type { Instant } from '../../run/records.ts';
import { StoreError } from '../store-error.ts';
import type { Answer, RunStore } from '../store.ts';
import { ONE_ATTEMPT, outcomePlace, placeOf } from './attempts.ts';
import { readOutcome } from './outcome-json.ts';
import { optionalInteger, text } from './row.ts';
import type { Connections } from './sqlite-store.ts';
import type { Values } from './values.ts';

/** Runs at rest: how they come to it, and what wakes them. */
export function createRests({
  reader,
  writer,
  queue,
  values,
}: Connections): Pick<RunStore, 'answer' | 'endWait' | 'rest' | 'wakeDue' | 'nextDue'> {
  const answered = writer.prepare(`SELECT 1 FROM attempts WHERE ${ONE_ATTEMPT} AND finished_at IS NOT NULL`);
  const rest = writer.prepare(`UPDATE runs SET status = ?, wake_at = ? WHERE id = ? AND finished_at IS NULL`);
  const wakeDue = writer.prepare(
    `UPDATE runs SET status = 'queued', wake_at = NULL
     WHERE id IN (SELECT id FROM runs WHERE wake_at <= ? ORDER BY wake_at LIMIT ?) RETURNING id, account`,
  );
  const next = reader.prepare('SELECT min(wake_at) AS wake_at FROM runs WHERE wake_at IS NOT NULL');

  const answer = prepareAnswer(writer, values);
  const outcome = writer.prepare(`SELECT outcome FROM attempts WHERE ${ONE_ATTEMPT}`);

  return {
    answer: (given, at) => queue.commit(() => answer(given, at)),
    endWait: (over, at) =>
      queue.commit(() => {
        const { run, key } = over;
        answer(over, at);
        const kept = text(outcome.get(run, ...placeOf(key)) ?? {}, 'outcome');
        return readOutcome(values.readOfRun(writer, run, outcomePlace(run, key), kept));
      }),
    rest: (run, until, awaited) =>
      queue.commit(() => {
        const gone = awaited.some((key) => answered.get(run, ...placeOf(key)) !== undefined);
        const status = gone ? 'queued' : 'waiting';
        if (Number(rest.run(status, gone ? null : (until ?? null), run).changes) !== 1)
          throw new StoreError('store_refused', `The run ${run} is unknown, or has ended already.`);
        return status;
      }),
    wakeDue: (now, limit) =>
      queue.commit(() =>
        wakeDue.all(now, limit).map((row) => ({ id: text(row, 'id'), account: text(row, 'account') })),
      ),
    nextDue: () => optionalInteger(next.get() ?? {}, 'wake_at'),
  };
}

/** Prepares what gives an attempt that waits its outcome, inside of a transaction. `sealed`: also where its own plan marks nothing. */
export function prepareAnswer(
  writer: DatabaseSync,
  values: Values,
): (answer: Answer, at: Instant, sealed?: boolean) => { given: boolean; woken: boolean } {
  const finish = writer.prepare(
    `UPDATE attempts SET finished_at = ?, outcome = ? WHERE ${ONE_ATTEMPT} AND finished_at IS NULL`,
  );
  const wake = writer.prepare(`UPDATE runs SET status = 'queued', wake_at = NULL WHERE id = ? AND status = 'waiting'`);
  return ({ run, key, outcome }, at, sealed = false) => {
    const owner = values.runs.of(run);
    const came = values.prepare(sealed ? { ...owner, sealed } : owner, outcomePlace(run, key), outcome);
    const given = Number(finish.run(at, came.text, run, ...placeOf(key)).changes) === 1;
    if (given) values.keep(came);
    return { given, woken: given && Number(wake.run(run).changes) === 1 };
  };
}
