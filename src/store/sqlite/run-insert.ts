import type { DatabaseSync } from 'node:sqlite';
import type { RunRecord } from '../../run/records.ts';

/** Makes the write that keeps a new run, for whatever transaction it belongs to; false where its id is there already. */
export function prepareRunInsert(writer: DatabaseSync): (run: RunRecord) => () => boolean {
  const insert = writer.prepare(
    `INSERT INTO runs (id, account, automation, plan, status, trigger, parent_run, parent_step, origin, concurrency_group, warnings, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO NOTHING`,
  );
  return ({
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
  }) => {
    const values = [
      id,
      account,
      automation,
      plan,
      status,
      JSON.stringify(trigger),
      parent?.run ?? null,
      parent?.step ?? null,
      origin,
      group,
      warnings === undefined ? null : JSON.stringify(warnings),
      createdAt,
    ];
    return () => Number(insert.run(...values).changes) === 1;
  };
}
