import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../store-error.ts';
import { initial } from './migrations/0001-initial.ts';
import { schedules } from './migrations/0002-schedules.ts';
import { deliveries } from './migrations/0003-deliveries.ts';
import { polls } from './migrations/0004-polls.ts';
import { inventory } from './migrations/0005-inventory.ts';
import { calledRuns } from './migrations/0006-called-runs.ts';
import { control } from './migrations/0007-control.ts';
import { access } from './migrations/0008-access.ts';
import { vault } from './migrations/0009-vault.ts';
import { pages } from './migrations/0010-pages.ts';
import { history } from './migrations/0011-history.ts';
import { events } from './migrations/0012-events.ts';
import { oauth } from './migrations/0013-oauth.ts';
import { accountRoles } from './migrations/0014-account-roles.ts';
import { subscriptionCredentials } from './migrations/0015-subscription-credentials.ts';
import { integer } from './row.ts';

/** The texts in order; the database's version is how many of them it has had. A text is never changed once released. */
export const MIGRATIONS: readonly string[] = [
  initial,
  schedules,
  deliveries,
  polls,
  inventory,
  calledRuns,
  control,
  access,
  vault,
  pages,
  history,
  events,
  oauth,
  accountRoles,
  subscriptionCredentials,
];

/** Brings the database to the last version, each migration in a transaction. Throws `StoreError` `store_newer`. */
export function migrate(database: DatabaseSync, migrations: readonly string[] = MIGRATIONS): void {
  const version = schemaVersion(database);
  if (version > migrations.length) {
    throw new StoreError(
      'store_newer',
      `The data folder was written by a newer Waybill (version ${version} of its tables; this one knows ` +
        `${migrations.length}). Start that Waybill, or give this one a data folder of its own.`,
    );
  }
  for (const [index, migration] of migrations.entries()) {
    if (index >= version) apply(database, migration, index + 1);
  }
}

export function schemaVersion(database: DatabaseSync): number {
  const row = database.prepare('PRAGMA user_version').get();
  return row === undefined ? 0 : integer(row, 'user_version');
}

function apply(database: DatabaseSync, migration: string, version: number): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(migration);
    database.exec(`PRAGMA user_version = ${version}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
