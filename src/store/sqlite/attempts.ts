import type { DatabaseSync } from 'node:sqlite';
import { pageOf } from '../../run/page.ts';
import type { AttemptKey, AttemptRecord, Effect } from '../../run/records.ts';
import type { StorageOperation } from '../../run/storage-operation.ts';
import { StoreError } from '../store-error.ts';
import type { RunStore } from '../store.ts';
import type { CommitQueue } from './commit-queue.ts';
import { readOutcome } from './outcome-json.ts';
import { integer, json, optionalInteger, optionalJson, text, type Row } from './row.ts';
import { prepareStorageOperations } from './storage.ts';

/** Finds one attempt; its parameters are the run and what `placeOf` gives. */
export const ONE_ATTEMPT = 'run = ? AND page = ? AND step = ? AND attempt = ?';

/** Where an attempt stands in its run: page, step and number. */
export function placeOf({ step, attempt }: AttemptKey): [page: string, step: string, attempt: number] {
  return [pageOf(step), step, attempt];
}

export function prepareAttemptReads(reader: DatabaseSync): Pick<RunStore, 'attempts' | 'attemptsOf'> {
  const columns = 'run, step, attempt, effect, input, started_at, finished_at, outcome, sleep_until';
  const journal = reader.prepare(`SELECT ${columns} FROM attempts WHERE run = ? AND page = ? ORDER BY id`);
  const ofStep = reader.prepare(
    `SELECT ${columns} FROM attempts WHERE run = ? AND page = ? AND step = ? ORDER BY attempt`,
  );
  return {
    attempts: (run, page = '') => journal.all(run, page).map(readAttempt),
    attemptsOf: (run, step) => ofStep.all(run, pageOf(step), step).map(readAttempt),
  };
}

/** Inserts an attempt as it is, inside of a transaction. */
export function prepareAttemptInsert(writer: DatabaseSync): (attempt: AttemptRecord) => void {
  const insert = writer.prepare(
    `INSERT INTO attempts (run, page, step, attempt, effect, input, started_at, finished_at, outcome, sleep_until)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return ({ run, key, effect, input, startedAt, finishedAt = null, outcome, sleepUntil = null }) => {
    const outcomeText = outcome === undefined ? null : JSON.stringify(outcome);
    insert.run(run, ...placeOf(key), effect, JSON.stringify(input), startedAt, finishedAt, outcomeText, sleepUntil);
  };
}

export function prepareAttemptWrites(
  writer: DatabaseSync,
  queue: CommitQueue,
): Pick<RunStore, 'beginAttempt' | 'finishAttempt' | 'sleep' | 'storageAttempt'> {
  // An attempt that a crash cut off begins again under the same key; one with an outcome is never touched.
  const begin = writer.prepare(
    `INSERT INTO attempts (run, page, step, attempt, effect, input, started_at, sleep_until)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (run, page, step, attempt) DO UPDATE SET input = excluded.input, started_at = excluded.started_at
     WHERE finished_at IS NULL`,
  );
  const finish = writer.prepare(
    `UPDATE attempts SET finished_at = ?, outcome = ? WHERE ${ONE_ATTEMPT} AND finished_at IS NULL`,
  );
  const sleep = writer.prepare(`UPDATE attempts SET sleep_until = ? WHERE ${ONE_ATTEMPT}`);
  const insertWhole = writer.prepare(
    `INSERT INTO attempts (run, page, step, attempt, effect, input, started_at, finished_at, outcome)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const performStorage = prepareStorageOperations(writer);

  return {
    beginAttempt: ({ run, key, effect, input, startedAt, sleepUntil = null }, urgency) => {
      const inputText = JSON.stringify(input);
      const write = (): void => {
        expectOne(begin.run(run, ...placeOf(key), effect, inputText, startedAt, sleepUntil).changes, run, key);
      };
      return queue.add(write, urgency).durable;
    },
    finishAttempt: (run, key, at, outcome) => {
      const outcomeText = JSON.stringify(outcome);
      return queue.commit(() => expectOne(finish.run(at, outcomeText, run, ...placeOf(key)).changes, run, key));
    },
    sleep: (run, key, until) => queue.commit(() => expectOne(sleep.run(until, run, ...placeOf(key)).changes, run, key)),
    storageAttempt: (run, key, input, operation, at) => {
      const inputText = JSON.stringify(input);
      return queue.add(() => {
        const outcome = performStorage(run.account, operation, at);
        const effect = STORAGE_EFFECTS[operation.kind];
        insertWhole.run(run.id, ...placeOf(key), effect, inputText, at, at, JSON.stringify(outcome));
        return outcome;
      });
    },
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

const EFFECTS: readonly Effect[] = ['read', 'idempotent', 'write'];

function readAttempt(row: Row): AttemptRecord {
  const effect = EFFECTS.find((name) => name === row['effect']);
  if (effect === undefined)
    throw new TypeError('The store holds an attempt with an unknown effect. The data folder is damaged.');
  const outcome = optionalJson(row, 'outcome');
  const finishedAt = optionalInteger(row, 'finished_at');
  const sleepUntil = optionalInteger(row, 'sleep_until');
  return {
    run: text(row, 'run'),
    key: { step: text(row, 'step'), attempt: integer(row, 'attempt') },
    effect,
    input: json(row, 'input'),
    startedAt: integer(row, 'started_at'),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(outcome === undefined ? {} : { outcome: readOutcome(outcome) }),
    ...(sleepUntil === undefined ? {} : { sleepUntil }),
  };
}
