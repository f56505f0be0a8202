import { isJsonObject } from '../../json/value.ts';
import type { RunRecord, RunStatus, RunSummary } from '../../run/records.ts';
import { StoreError } from '../store-error.ts';
import type { RunEnd, RunStore } from '../store.ts';
import { prepareAttemptPut, prepareAttemptReads, prepareAttemptWrites } from './attempts.ts';
import { createRunControl } from './control.ts';
import { createCalls } from './calls.ts';
import { prepareDoubts } from './doubts.ts';
import { keptFailure, readKeptFailure } from './kept-failure.ts';
import { createReopenFailed } from './reopen-failed.ts';
import { createRests, prepareAnswer } from './rests.ts';
import { integer, optionalInteger, optionalJson, optionalText, text, texts, type Row } from './row.ts';
import { prepareRunInsert, triggerPlace } from './run-insert.ts';
import { prepareRunList, SUMMARY_COLUMNS } from './run-list.ts';
import type { Connections } from './sqlite-store.ts';

export function createRunStore(connections: Connections): RunStore {
  const { reader, writer, queue, values } = connections;
  const insert = prepareRunInsert(writer, values);
  const begin = writer.prepare(
    `UPDATE runs SET status = 'running', wake_at = NULL, started_at = coalesce(started_at, ?)
     WHERE id = ? AND finished_at IS NULL`,
  );
  const finish = writer.prepare(
    `UPDATE runs SET status = ?, wake_at = NULL, started_at = coalesce(started_at, ?), finished_at = ?, output = ?, failure = ?
     WHERE id = ? AND finished_at IS NULL`,
  );
  const get = reader.prepare(`SELECT ${SUMMARY_COLUMNS}, trigger, output FROM runs WHERE id = ?`);
  const summary = reader.prepare(`SELECT ${SUMMARY_COLUMNS} FROM runs WHERE id = ?`);
  const ready = reader.prepare(
    `SELECT id, account FROM runs WHERE finished_at IS NULL AND status <> 'waiting' AND id > ? ORDER BY id LIMIT ?`,
  );
  const inGroups = reader.prepare(
    `SELECT id, account, plan, concurrency_group, started_at FROM runs
     WHERE concurrency_group IS NOT NULL AND finished_at IS NULL ORDER BY id`,
  );
  const answer = prepareAnswer(writer, values);
  const requeue = writer.prepare(`UPDATE runs SET status = 'queued' WHERE id = ? AND finished_at IS NULL`);
  const doubts = prepareDoubts(writer, values);
  /** Whether the run of whose doubt it is to end was reopened in the meantime: the step that called it knows better now. */
  const isSettled = (run: string, { status, failure }: RunEnd): boolean => {
    if (status !== 'uncertain' || failure?.run === undefined) return false;
    const state = doubts.stateOf(run, failure.step ?? '');
    return state === 'open' || state === 'sure';
  };
  const putAttempt = prepareAttemptPut(writer, values);
  const list = prepareRunList(reader);
  const attemptWrites = prepareAttemptWrites(connections);
  const readSummary = (row: Row): RunSummary => summaryOf(row, connections);

  return {
    insert: (run, journal = []) =>
      queue.commit(() => {
        if (!insert(run)) return false;
        const owner = values.runs.ofRecord(run);
        for (const attempt of journal) putAttempt(owner, { ...attempt, run: run.id });
        return true;
      }),
    begin: (run, at) => queue.commit(() => expectOne(begin.run(at, run).changes, run), 'soon'),
    finish: (run, at, result, wanted) =>
      queue.commit(() => {
        if (isSettled(run, result)) {
          requeue.run(run);
          return { ended: false, woken: false };
        }
        const owner = values.runs.of(run);
        const { status, output, failure, startedAt = null } = result;
        const outputText = output === undefined ? null : values.write(owner, outputPlace(run), output);
        const failureText = failure === undefined ? null : keptFailure(values, owner, failure);
        expectOne(finish.run(status, startedAt, at, outputText, failureText, run).changes, run);
        values.runs.forget(run);
        return { ended: true, woken: wanted !== undefined && answer(wanted, at, owner.sealed).woken };
      }),
    ...attemptWrites,
    ...createRests(connections),
    ...createRunControl(connections),
    ...createReopenFailed(connections),
    ...createCalls(connections, readSummary),
    ...prepareAttemptReads(connections),
    get: (id) => {
      const row = get.get(id);
      return row === undefined ? undefined : readRun(row, connections);
    },
    summary: (id) => {
      const row = summary.get(id);
      return row === undefined ? undefined : readSummary(row);
    },
    list: (filter) => list(filter).map(readSummary),
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

function readRun(row: Row, connections: Connections): RunRecord {
  const { reader, values } = connections;
  const { id, account, ...others } = summaryOf(row, connections);
  const trigger = values.read(reader, account, triggerPlace(id), text(row, 'trigger'));
  if (!isJsonObject(trigger))
    throw new TypeError('The store holds a run with a trigger that is none. The data folder is damaged.');
  const kept = optionalText(row, 'output');
  const output = kept === undefined ? {} : { output: values.read(reader, account, outputPlace(id), kept) };
  return { id, account, ...others, trigger, ...output };
}

function outputPlace(run: string): string {
  return `run ${run} output`;
}

function summaryOf(row: Row, { reader, values }: Connections): RunSummary {
  const status = STATUSES.find((name) => name === row['status']);
  if (status === undefined)
    throw new TypeError('The store holds a run with an unknown status. The data folder is damaged.');
  const [id, account] = [text(row, 'id'), text(row, 'account')];
  const failure = optionalJson(row, 'failure');
  const startedAt = optionalInteger(row, 'started_at');
  const finishedAt = optionalInteger(row, 'finished_at');
  const origin = optionalText(row, 'origin');
  const group = optionalText(row, 'concurrency_group');
  const [parentRun, parentStep] = [optionalText(row, 'parent_run'), optionalText(row, 'parent_step')];
  return {
    id,
    account,
    automation: text(row, 'automation'),
    plan: text(row, 'plan'),
    status,
    ...(failure === undefined
      ? {}
      : { failure: readKeptFailure(values, reader, { account, name: `run ${id}` }, failure) }),
    ...(parentRun === undefined || parentStep === undefined ? {} : { parent: { run: parentRun, step: parentStep } }),
    ...(origin === undefined ? {} : { origin }),
    ...(row['warnings'] === null ? {} : { warnings: texts(row, 'warnings') }),
    ...(group === undefined ? {} : { group }),
    createdAt: integer(row, 'created_at'),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
  };
}
