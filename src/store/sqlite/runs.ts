import type { RunRecord, RunStatus } from '../../run/records.ts';
import { StoreError } from '../store-error.ts';
import type { RunStore } from '../store.ts';
import { prepareAttemptInsert, prepareAttemptReads, prepareAttemptWrites } from './attempts.ts';
import { createRunControl } from './control.ts';
import { createCalls } from './calls.ts';
import { readFailure } from './outcome-json.ts';
import { createRests, prepareAnswer } from './rests.ts';
import { integer, jsonObject, optionalInteger, optionalJson, optionalText, text, texts, type Row } from './row.ts';
import { prepareRunInsert } from './run-insert.ts';
import { prepareRunList, RUN_COLUMNS } from './run-list.ts';
import type { Connections } from './sqlite-store.ts';

export function createRunStore(connections: Connections): RunStore {
  const { reader, writer, queue } = connections;
  const insert = prepareRunInsert(writer);
  const begin = writer.prepare(
    `UPDATE runs SET status = 'running', wake_at = NULL, started_at = coalesce(started_at, ?)
     WHERE id = ? AND finished_at IS NULL`,
  );
  const finish = writer.prepare(
    `UPDATE runs SET status = ?, wake_at = NULL, finished_at = ?, output = ?, failure = ? WHERE id = ? AND finished_at IS NULL`,
  );
  const get = reader.prepare(`SELECT ${RUN_COLUMNS} FROM runs WHERE id = ?`);
  const ready = reader.prepare(
    `SELECT id, account FROM runs WHERE finished_at IS NULL AND status <> 'waiting' AND id > ? ORDER BY id LIMIT ?`,
  );
  const inGroups = reader.prepare(
    `SELECT id, account, plan, concurrency_group, started_at FROM runs
     WHERE concurrency_group IS NOT NULL AND finished_at IS NULL ORDER BY id`,
  );
  const answer = prepareAnswer(writer);
  const insertAttempt = prepareAttemptInsert(writer);
  const list = prepareRunList(reader);
  const attemptWrites = prepareAttemptWrites(writer, queue);

  return {
    insert: (run, journal = []) => {
      const write = insert(run);
      return queue.commit(() => {
        const isNew = write();
        if (isNew) for (const attempt of journal) insertAttempt({ ...attempt, run: run.id });
        return isNew;
      });
    },
    begin: (run, at) => queue.add(() => expectOne(begin.run(at, run).changes, run), 'soon').durable,
    finish: (run, at, result, wanted) => {
      const output = result.output === undefined ? null : JSON.stringify(result.output);
      const failure = result.failure === undefined ? null : JSON.stringify(result.failure);
      return queue.commit(() => {
        expectOne(finish.run(result.status, at, output, failure, run).changes, run);
        return wanted !== undefined && answer(wanted, at).woken;
      });
    },
    ...attemptWrites,
    ...createRests(connections),
    ...createRunControl(connections),
    ...createCalls(connections, readRun),
    ...prepareAttemptReads(reader),
    get: (id) => {
      const row = get.get(id);
      return row === undefined ? undefined : readRun(row);
    },
    list: (filter) => list(filter).map(readRun),
    inGroups: () =>
      inGroups.all().map((row) => ({
        id: text(row, 'id'),
        account: text(row, 'account'),
        plan: text(row, 'plan'),
        group: text(row, 'concurrency_group'),
        begun: optionalInteger(row, 'started_at') !== undefined,
      })),
    ready: function* () {
      // Page by page: as long as a statement is open, all reads of the connection stay at the instant of its start.
      for (let last = ''; ;) {
        const page = ready.all(last, READY_PAGE).map((row) => ({ id: text(row, 'id'), account: text(row, 'account') }));
        yield* page;
        const end = page.at(-1);
        if (end === undefined || page.length < READY_PAGE) return;
        last = end.id;
      }
    },
  };
}

const READY_PAGE = 100;

function expectOne(changes: number | bigint, run: string): void {
  if (Number(changes) !== 1) throw new StoreError('store_refused', `The run ${run} is unknown, or has ended already.`);
}

const STATUSES: readonly RunStatus[] = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'uncertain', 'canceled'];

function readRun(row: Row): RunRecord {
  const status = STATUSES.find((name) => name === row['status']);
  if (status === undefined)
    throw new TypeError('The store holds a run with an unknown status. The data folder is damaged.');
  const output = optionalJson(row, 'output');
  const failure = optionalJson(row, 'failure');
  const startedAt = optionalInteger(row, 'started_at');
  const finishedAt = optionalInteger(row, 'finished_at');
  const origin = optionalText(row, 'origin');
  const group = optionalText(row, 'concurrency_group');
  const [parentRun, parentStep] = [optionalText(row, 'parent_run'), optionalText(row, 'parent_step')];
  return {
    id: text(row, 'id'),
    account: text(row, 'account'),
    automation: text(row, 'automation'),
    plan: text(row, 'plan'),
    status,
    trigger: jsonObject(row, 'trigger'),
    ...(output === undefined ? {} : { output }),
    ...(failure === undefined ? {} : { failure: readFailure(failure) }),
    ...(parentRun === undefined || parentStep === undefined ? {} : { parent: { run: parentRun, step: parentStep } }),
    ...(origin === undefined ? {} : { origin }),
    ...(row['warnings'] === null ? {} : { warnings: texts(row, 'warnings') }),
    ...(group === undefined ? {} : { group }),
    createdAt: integer(row, 'created_at'),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
  };
}
