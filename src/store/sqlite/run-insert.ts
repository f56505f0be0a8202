import type { DatabaseSync } from 'node:sqlite';
import type { RunRecord } from '../../run/records.ts';

/** Makes the write that keeps a new run, for whatever transaction it belongs to; false where its id is there already. */
export function prepareRunInsert(writer: DatabaseSync): (run: RunRecord) => () => boolean {
  const insert = writer.prepare(
    `INSERT INTO runs (id, account, automation, plan, status, trigger, parent_run, parent_step, origin, warnings, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO NOTHING`,
  );
  return ({ id, account, automation, plan, status, trigger, parent, origin = null, warnings, createdAt }) => {
    const caller = [parent?.run ?? null, parent?.step ?? null];
    const odd = warnings === undefined ? null : JSON.stringify(warnings);
    const values = [id, account, automation, plan, status, JSON.stringify(trigger), ...caller, origin, odd, createdAt];
    return () => Number(insert.run(...values).changes) === 1;
  };
}
