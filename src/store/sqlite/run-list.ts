import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RunStatus } from '../../run/records.ts';
import { firstRunId } from '../../run/run-id.ts';
import type { RunFilter } from '../records.ts';
import type { Row } from './row.ts';

/** Without what a run carries, which may be large. */
export const SUMMARY_COLUMNS =
  'id, account, automation, plan, status, failure, parent_run, parent_step, origin, concurrency_group, warnings, created_at, started_at, finished_at';

/**
 * Of few runs there is a small index that names account and automation too; SQLite, which knows no numbers, would take a
 * long one for either. What is true of every run with the status must be said out loud for it.
 */
interface Selection {
  index: string;
  condition?: string;
}

/** Lists runs, newest first; keeps one statement for each combination of filters. */
export function prepareRunList(reader: DatabaseSync): (filter: RunFilter) => Row[] {
  const statements = new Map<string, StatementSync>();
  return (filter) => {
    const { sql, parameters } = writeQuery(filter);
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = reader.prepare(sql);
      statements.set(sql, statement);
    }
    return statement.all(...parameters, filter.limit);
  };
}

function writeQuery(filter: RunFilter): { sql: string; parameters: string[] } {
  const conditions: string[] = [];
  const parameters: string[] = [];
  const equal = (condition: string, value: string | undefined): void => {
    if (value === undefined) return;
    conditions.push(condition);
    parameters.push(value);
  };
  equal('account = ?', filter.account);
  equal('automation = ?', filter.automation);
  equal('status = ?', filter.status);
  equal('id < ?', filter.before);
  equal('id >= ?', filter.since === undefined ? undefined : firstRunId(filter.since));
  equal('id < ?', filter.until === undefined ? undefined : firstRunId(filter.until));
  const { index, condition } = selectionOf(filter);
  if (condition !== undefined) conditions.push(condition);
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  return { sql: `SELECT ${SUMMARY_COLUMNS} FROM runs ${index} ${where} ORDER BY id DESC LIMIT ?`, parameters };
}

function selectionOf({ status, automation }: RunFilter): Selection {
  const few = status && BY_STATUS[status];
  return few ?? (automation === undefined ? ALL : OF_AUTOMATION);
}

const ALL: Selection = { index: '' };
const OF_AUTOMATION: Selection = { index: 'INDEXED BY runs_by_name' };
const UNFINISHED: Selection = { index: 'INDEXED BY runs_unfinished', condition: 'finished_at IS NULL' };
const NOT_SUCCEEDED: Selection = { index: 'INDEXED BY runs_failed', condition: 'failure IS NOT NULL' };

const BY_STATUS: { [status in RunStatus]?: Selection } = {
  queued: UNFINISHED,
  running: UNFINISHED,
  waiting: UNFINISHED,
  failed: NOT_SUCCEEDED,
  uncertain: NOT_SUCCEEDED,
  canceled: NOT_SUCCEEDED,
};
