import type { DatabaseSync } from 'node:sqlite';
import type { RunRecord, RunStatus } from '../../run/records.ts';
import { StoreError } from '../store-error.ts';
import type { RunStore } from '../store.ts';
import { prepareAttemptReads, prepareAttemptWrites } from './attempts.ts';
import { readFailure } from './outcome-json.ts';
import { integer, jsonObject, optionalInteger, optionalJson, text, type Row } from './row.ts';
import { prepareRunList, RUN_COLUMNS } from './run-list.ts';
import type { Connections } from './sqlite-store.ts';

export function createRunStore({ reader, writer, queue }: Connections): RunStore {
  const insert = prepareRunInsert(writer);
  const begin = writer.prepare(
    `UPDATE runs SET status = 'running', started_at = coalesce(started_at, ?) WHERE id = ? AND finished_at IS NULL`,
  );
  const finish = writer.prepare(
    `UPDATE runs SET status = ?, finished_at = ?, output = ?, failure = ? WHERE id = ? AND finished_at IS NULL`,
  );
  const get = reader.prepare(`SELECT ${RUN_COLUMNS} FROM runs WHERE id = ?`);
  const unfinished = reader.prepare(
    `SELECT ${RUN_COLUMNS} FROM runs WHERE finished_at IS NULL AND id > ? ORDER BY id LIMIT ?`,
  );
  const list = prepareRunList(reader);
  const attemptReads = prepareAttemptReads(reader);
  const attemptWrites = prepareAttemptWrites(writer, queue);

  return {
    insert: (run) => queue.commit(insert(run)),
    begin: (run, at) => queue.add(() => expectOne(begin.run(at, run).changes, run), 'soon').durable,
    finish: (run, at, result) => {
      const output = result.output === undefined ? null : JSON.stringify(result.output);
      const failure = result.failure === undefined ? null : JSON.stringify(result.failure);
      return queue.commit(() => expectOne(finish.run(result.status, at, output, failure, run).changes, run));
    },
    ...attemptWrites,
    attempts: attemptReads,
    get: (id) => {
      const row = get.get(id);
      return row === undefined ? undefined : readRun(row);
    },
    list: (filter) => list(filter).map(readRun),
    unfinished: function* () {
      // Page by page: as long as a statement is open, all reads of the connection stay at the instant of its start.
      for (let last = ''; ;) {
        const page = unfinished.all(last, UNFINISHED_PAGE).map(readRun);
        yield* page;
        const end = page.at(-1);
        if (end === undefined || page.length < UNFINISHED_PAGE) return;
        last = end.id;
      }
    },
  };
}

/** Makes the write that keeps a new run, for whatever transaction it belongs to; false where its id is there already. */
export function prepareRunInsert(writer: DatabaseSync): (run: RunRecord) => () => boolean {
  const insert = writer.prepare(
    `INSERT INTO runs (id, account, automation, plan, status, trigger, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO NOTHING`,
  );
  return ({ id, account, automation, plan, status, trigger, createdAt }) => {
    const triggerText = JSON.stringify(trigger);
    return () => Number(insert.run(id, account, automation, plan, status, triggerText, createdAt).changes) === 1;
  };
}

const UNFINISHED_PAGE = 100;

function expectOne(changes: number | bigint, run: string): void {
  if (Number(changes) !== 1) throw new StoreError('store_refused', `The run ${run} is unknown, or has ended already.`);
}

const STATUSES: readonly RunStatus[] = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'uncertain'];

function readRun(row: Row): RunRecord {
  const status = STATUSES.find((name) => name === row['status']);
  if (status === undefined)
    throw new TypeError('The store holds a run with an unknown status. The data folder is damaged.');
  const output = optionalJson(row, 'output');
  const failure = optionalJson(row, 'failure');
  const startedAt = optionalInteger(row, 'started_at');
  const finishedAt = optionalInteger(row, 'finished_at');
  return {
    id: text(row, 'id'),
    account: text(row, 'account'),
    automation: text(row, 'automation'),
    plan: text(row, 'plan'),
    status,
    trigger: jsonObject(row, 'trigger'),
    ...(output === undefined ? {} : { output }),
    ...(failure === undefined ? {} : { failure: readFailure(failure) }),
    createdAt: integer(row, 'created_at'),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
  };
}
