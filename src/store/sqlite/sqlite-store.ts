import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../store-error.ts';
import type { Sealing } from '../sealing.ts';
import type { Store } from '../store.ts';
import { createAccountKeyStore } from './account-keys.ts';
import { createAuditStore } from './audit.ts';
import { CommitQueue, type CommitListeners } from './commit-queue.ts';
import { createDeliveryStore } from './deliveries.ts';
import { DiskSync } from './disk-sync.ts';
import { DATABASE_FILE } from './database-file.ts';
import { createPauseStore } from './control.ts';
import { createDeploymentStore } from './deployments.ts';
import { lockFolder, type FolderLock } from './folder-lock.ts';
import { createConsentStore, createGrantStore } from './grants.ts';
import { createHistoryStore } from './history.ts';
import { createInventoryStore } from './inventory.ts';
import { migrate, schemaVersion } from './migrate.ts';
import { createHookRotationStore } from './hook-rotation.ts';
import { createPollStore } from './polls.ts';
import { createRefusalStore } from './refusals.ts';
import { createRunStore } from './runs.ts';
import { createScheduleStore } from './schedules.ts';
import { createSessionStore } from './sessions.ts';
import { describeSqliteError } from './sqlite-error.ts';
import { createKeyValueStore } from './storage.ts';
import { createSigningKeyStore } from './signing-keys.ts';
import { createSubscriptionStore } from './subscriptions.ts';
import { createTokenStore } from './tokens.ts';
import { Values } from './values.ts';

/** What the queries share: one connection that only the queue's writes use, and one that sees what is committed. */
export interface Connections {
  reader: DatabaseSync;
  writer: DatabaseSync;
  queue: CommitQueue;
  values: Values;
}

export interface SqliteStoreOptions extends CommitListeners {
  /** Without it nothing is sealed. */
  sealing?: Sealing;
}

/**
 * Opens the store in a folder, which it makes where there is none, and holds it for this process alone.
 * Throws `StoreError`: `store_locked`, `store_newer` or `store_unavailable`.
 */
export function openSqliteStore(folder: string, options: SqliteStoreOptions = {}): Store {
  const path = resolve(folder);
  makeFolder(path);
  const lock = lockFolder(path);
  const opened: DatabaseSync[] = [];
  try {
    const file = join(path, DATABASE_FILE);
    // For its owner alone, also in a folder that others may read; SQLite gives its log the mode of the database.
    closeSync(openSync(file, 'a', 0o600));
    return openTables(file, lock, options, opened);
  } catch (error) {
    for (const database of opened) database.close();
    lock.release();
    throw describeSqliteError(error);
  }
}

function makeFolder(path: string): void {
  try {
    // What runs carried is as private as the mail that it came in.
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreError('store_unavailable', `The data folder ${path} cannot be made: ${reason}.`, { cause: error });
  }
}

function openTables(file: string, lock: FolderLock, options: SqliteStoreOptions, opened: DatabaseSync[]): Store {
  const open = (readOnly: boolean): DatabaseSync => {
    const database = new DatabaseSync(file, { readOnly, timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
    opened.push(database);
    return database;
  };
  const writer = open(false);
  // With NORMAL, a commit is in the log and not yet on the disk, https://sqlite.org/pragma.html#pragma_synchronous: the
  // queue brings it there. Checkpoints sync by themselves.
  writer.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = ${WAL_KEPT_BYTES};
    PRAGMA wal_autocheckpoint = ${WAL_PAGES};`);
  migrate(writer);
  const log = new DiskSync(`${file}-wal`);
  const queue = new CommitQueue(writer, () => log.sync(), options);
  const connections: Connections = { reader: open(true), writer, queue, values: new Values(writer, options.sealing) };
  return {
    deployments: createDeploymentStore(connections),
    inventory: createInventoryStore(connections),
    runs: createRunStore(connections),
    deliveries: createDeliveryStore(connections),
    polls: createPollStore(connections),
    storage: createKeyValueStore(connections),
    refusals: createRefusalStore(connections),
    pauses: createPauseStore(connections),
    schedules: createScheduleStore(connections),
    hookRotation: createHookRotationStore(connections),
    subscriptions: createSubscriptionStore(connections),
    signingKeys: createSigningKeyStore(connections),
    grants: createGrantStore(connections),
    consents: createConsentStore(connections),
    tokens: createTokenStore(connections),
    sessions: createSessionStore(connections),
    audit: createAuditStore(connections),
    accountKeys: createAccountKeyStore(connections),
    history: createHistoryStore(connections),
    // SQLite writes the page, also where the number in it is as it was.
    probe: () => queue.commit(() => writer.exec(`PRAGMA user_version = ${schemaVersion(writer)}`)),
    close: async () => {
      await queue.close();
      // A second time.
      if (opened.length === 0) return;
      log.close();
      for (const database of opened.splice(0).toReversed()) database.close();
      lock.release();
    },
  };
}

/** For a tool of the operator that has the file locked. Nothing else is done in that time, so it is short. */
const BUSY_TIMEOUT_MS = 1000;

/** Pages of the log that a checkpoint brings into the file, each once, however often it was written: 16 MiB. */
const WAL_PAGES = 4096;

/** After one huge transaction the log is cut back to this at its next start. */
const WAL_KEPT_BYTES = 64 * 1024 * 1024;
