import type { DatabaseSync } from 'node:sqlite';
import type { RunRecord } from '../../run/records.ts';
import type { Values } from './values.ts';

/** Prepares what keeps a new run, inside of whatever transaction it belongs to; false where its id is there already. */
export function prepareRunInsert(writer: DatabaseSync, values: Values): (run: RunRecord) => boolean {
  const insert = writer.prepare(
    `INSERT INTO runs (id, account, automation, plan, status, trigger, parent_run, parent_step, origin, concurrency_group, warnings, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO NOTHING`,
  );
  return (run) => {
    const {
      id,
      account,
      automation,
      plan,
      status,
      trigger,
      parent,
      origin = null,
      group = null,
      warnings,
      createdAt,
    } = run;
    const caller = [parent?.run ?? null, parent?.step ?? null];
    const told = warnings === undefined ? null : JSON.stringify(warnings);
    const owner = values.runs.ofRecord(run);
    const given = values.prepare(owner, triggerPlace(id), trigger);
    const columns = [id, account, automation, plan, status, given.text, ...caller, origin, group, told, createdAt];
    const isNew = Number(insert.run(...columns).changes) === 1;
    if (!isNew) return false;
    values.keep(given);
    values.runs.remember(id, owner);
    return true;
  };
}

export function triggerPlace(run: string): string {
  return `run ${run} trigger`;
}
