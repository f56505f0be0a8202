import type { DatabaseSync } from 'node:sqlite';
import type { Json } from '../../json/value.ts';
import { pageOf } from '../../run/page.ts';
import type { AttemptKey, AttemptRecord, Effect } from '../../run/records.ts';
import type { StorageOperation } from '../../run/storage-operation.ts';
import { StoreError } from '../store-error.ts';
import type { RunStore } from '../store.ts';
import { readOutcome } from './outcome-json.ts';
import type { Owner } from './run-owners.ts';
import { integer, optionalInteger, optionalText, text, type Row } from './row.ts';
import { prepareStorageOperations } from './storage.ts';
import type { Connections } from './sqlite-store.ts';
import type { Values } from './values.ts';

/** Finds one attempt; its parameters are the run and what `placeOf` gives. */
export const ONE_ATTEMPT = 'run = ? AND page = ? AND step = ? AND attempt = ?';

/** Finds it and those of its step before it, with the same parameters. */
export const ATTEMPTS_UP_TO = 'run = ? AND page = ? AND step = ? AND attempt <= ?';

/** Begins the page of each attempt that a retry took out of the journal; no page of a loop begins so. */
export const RETRIED = 'retried ';

/** Where an attempt stands in its run: page, step and number. */
export function placeOf({ step, attempt }: AttemptKey): [page: string, step: string, attempt: number] {
  return [pageOf(step), step, attempt];
}

export function prepareAttemptReads({
  reader,
  values,
}: Pick<Connections, 'reader' | 'values'>): Pick<RunStore, 'attempts' | 'attemptsOf' | 'retried'> {
  const read = (run: string) => (row: Row) =>
    readAttempt(row, (place, kept) => values.readOfRun(reader, run, place, kept));
  const columns = 'run, step, attempt, effect, input, started_at, finished_at, outcome, sleep_until';
  const journal = reader.prepare(`SELECT ${columns} FROM attempts WHERE run = ? AND page = ? ORDER BY id`);
  const ofStep = reader.prepare(
    `SELECT ${columns} FROM attempts WHERE run = ? AND page = ? AND step = ? ORDER BY attempt`,
  );
  const retried = reader.prepare(
    `SELECT ${columns} FROM attempts WHERE run = ? AND page > '${RETRIED}' AND page < '${RETRIED}:' AND attempt > 0
     ORDER BY id LIMIT ?`,
  );
  return {
    retried: (run, limit) => retried.all(run, limit).map(read(run)),
    attempts: (run, page = '') => journal.all(run, page).map(read(run)),
    attemptsOf: (run, step) => ofStep.all(run, pageOf(step), step).map(read(run)),
  };
}

/**
 * Prepares what keeps an attempt as it is, inside of a transaction. One that a crash cut off begins again under the same
 * key; one with an outcome is never touched. Gives how many rows that changed.
 */
export function prepareAttemptPut(
  writer: DatabaseSync,
  values: Values,
): (owner: Owner, attempt: AttemptRecord) => number | bigint {
  const put = writer.prepare(
    `INSERT INTO attempts (run, page, step, attempt, effect, input, started_at, finished_at, outcome, sleep_until)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (run, page, step, attempt) DO UPDATE SET input = excluded.input, started_at = excluded.started_at,
       finished_at = excluded.finished_at, outcome = excluded.outcome
     WHERE finished_at IS NULL`,
  );
  return (owner, { run, key, effect, input, startedAt, finishedAt = null, outcome, sleepUntil = null }) => {
    const inputText = values.write(owner, inputPlace(run, key), input);
    const outcomeText = outcome ? values.write(owner, outcomePlace(run, key), outcome) : null;
    return put.run(run, ...placeOf(key), effect, inputText, startedAt, finishedAt, outcomeText, sleepUntil).changes;
  };
}

export function prepareAttemptWrites({
  writer,
  queue,
  values,
}: Connections): Pick<RunStore, 'beginAttempt' | 'finishAttempt' | 'recordAttempt' | 'sleep' | 'storageAttempt'> {
  const put = prepareAttemptPut(writer, values);
  const finish = writer.prepare(
    `UPDATE attempts SET finished_at = ?, outcome = ? WHERE ${ONE_ATTEMPT} AND finished_at IS NULL`,
  );
  const sleep = writer.prepare(`UPDATE attempts SET sleep_until = ? WHERE ${ONE_ATTEMPT}`);
  const performStorage = prepareStorageOperations(writer, values);
  const putOne = (attempt: AttemptRecord): void =>
    expectOne(put(values.runs.of(attempt.run), attempt), attempt.run, attempt.key);

  return {
    beginAttempt: (attempt, urgency) => queue.commit(() => putOne(attempt), urgency),
    recordAttempt: (attempt) => queue.commit(() => putOne(attempt)),
    finishAttempt: (run, key, at, outcome) =>
      queue.commit(() => {
        const outcomeText = values.write(values.runs.of(run), outcomePlace(run, key), outcome);
        expectOne(finish.run(at, outcomeText, run, ...placeOf(key)).changes, run, key);
      }),
    sleep: (run, key, until) => queue.commit(() => expectOne(sleep.run(until, run, ...placeOf(key)).changes, run, key)),
    storageAttempt: (run, key, input, operation, at) =>
      queue.add(() => {
        const owner = values.runs.of(run.id);
        const { outcome, sealed } = performStorage({ ...owner, account: run.account }, operation, at);
        const effect = STORAGE_EFFECTS[operation.kind];
        const attempt = { run: run.id, key, effect, input, startedAt: at, finishedAt: at, outcome };
        expectOne(put({ ...owner, sealed }, attempt), run.id, key);
        return outcome;
      }),
  };
}

/** For the history only: whatever it is, a storage operation takes place exactly once. */
const STORAGE_EFFECTS: { [kind in StorageOperation['kind']]: Effect } = {
  get: 'read',
  set: 'idempotent',
  delete: 'idempotent',
  list: 'read',
  increment: 'write',
};

function expectOne(changes: number | bigint, run: string, key: AttemptKey): void {
  if (Number(changes) === 1) return;
  const attempt = `attempt ${key.attempt} of step ${key.step} of run ${run}`;
  throw new StoreError('store_refused', `The store has no open ${attempt}.`);
}

export function outcomePlace(run: string, { step, attempt }: AttemptKey): string {
  return `run ${run} step ${step} attempt ${attempt} outcome`;
}

function inputPlace(run: string, { step, attempt }: AttemptKey): string {
  return `run ${run} step ${step} attempt ${attempt} input`;
}

const EFFECTS: readonly Effect[] = ['read', 'idempotent', 'write'];

/** `read` gives a value of the run from its place and its text. */
function readAttempt(row: Row, read: (place: string, kept: string) => Json): AttemptRecord {
  const effect = EFFECTS.find((name) => name === row['effect']);
  if (effect === undefined)
    throw new TypeError('The store holds an attempt with an unknown effect. The data folder is damaged.');
  const run = text(row, 'run');
  const key = { step: text(row, 'step'), attempt: integer(row, 'attempt') };
  const outcome = optionalText(row, 'outcome');
  const finishedAt = optionalInteger(row, 'finished_at');
  const sleepUntil = optionalInteger(row, 'sleep_until');
  return {
    run,
    key,
    effect,
    input: read(inputPlace(run, key), text(row, 'input')),
    startedAt: integer(row, 'started_at'),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(outcome === undefined ? {} : { outcome: readOutcome(read(outcomePlace(run, key), outcome)) }),
    ...(sleepUntil === undefined ? {} : { sleepUntil }),
  };
}
