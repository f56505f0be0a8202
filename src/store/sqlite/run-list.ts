import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RunStatus } from '../../run/records.ts';
import { firstRunId } from '../../run/run-id.ts';
import type { RunFilter } from '../records.ts';
import type { Row } from './row.ts';

/** Without what a run carries, which may be large. */
export const SUMMARY_COLUMNS =
  'id, account, automation, plan, status, failure, parent_run, parent_step, origin, created_at, started_at, finished_at';

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
  if (filter.status !== undefined) conditions.push(...INDEX_CONDITIONS[filter.status]);
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  return { sql: `SELECT ${SUMMARY_COLUMNS} FROM runs ${where} ORDER BY id DESC LIMIT ?`, parameters };
}

/** What is true of every run with that status: said out loud, it lets SQLite use the partial index for it. */
const INDEX_CONDITIONS: { [status in RunStatus]: string[] } = {
  queued: ['finished_at IS NULL'],
  running: ['finished_at IS NULL'],
  waiting: ['finished_at IS NULL'],
  succeeded: [],
  failed: ['failure IS NOT NULL'],
  uncertain: ['failure IS NOT NULL'],
  canceled: ['failure IS NOT NULL'],
};
