import { DatabaseSync } from 'node:sqlite';
import type { Json, JsonObject } from '../json/value.ts';
import type { Outcome } from '../run/failure.ts';
import type { StorageOperation } from '../run/storage-operation.ts';
import { migrate } from '../store/sqlite/migrate.ts';
import { createKeyValueStore, prepareStorageOperations, type PerformStorage } from '../store/sqlite/storage.ts';
import { Values } from '../store/sqlite/values.ts';
import type { KeyValueStore } from '../store/store.ts';

/** More keys than any case has. */
const ALL = 1_000_000;

/** The store's own key-value storage, in memory; every case has one to itself. */
export class CaseStorage {
  private readonly perform: PerformStorage;
  private readonly store: KeyValueStore;
  private cases = 0;

  constructor() {
    const database = new DatabaseSync(':memory:');
    migrate(database);
    const values = new Values(database, undefined);
    this.perform = prepareStorageOperations(database, values);
    this.store = createKeyValueStore({ reader: database, values });
  }

  /** The storage of one more case, with what it holds before the run. */
  open(before: JsonObject): { perform: (operation: StorageOperation) => Outcome; all: () => JsonObject } {
    this.cases += 1;
    const account = String(this.cases);
    const run = { account, sealed: false, name: account };
    const perform = (operation: StorageOperation): Outcome => this.perform(run, operation, 0).outcome;
    for (const [key, value] of Object.entries(before)) perform({ kind: 'set', key, value });
    return {
      perform,
      all: () =>
        Object.fromEntries(this.store.list(account, '', ALL).map(({ key, value }): [string, Json] => [key, value])),
    };
  }
}
