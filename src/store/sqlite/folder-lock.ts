import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../store-error.ts';
import { describeSqliteError, isBusy } from './sqlite-error.ts';

export interface FolderLock {
  release(): void;
}

/**
 * Takes the folder for this process. The lock is an exclusive transaction on a database of its own: the operating system
 * drops it with the process, however that ends, so no stale lock can stay. Throws `StoreError` with code `store_locked`.
 */
export function lockFolder(folder: string): FolderLock {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (!isBusy(error)) throw describeSqliteError(error);
    throw new StoreError(
      'store_locked',
      `Another Waybill process uses the data folder ${folder}. Stop it first, or give this one a data folder of its own.`,
      { cause: error },
    );
  }
  const held = database;
  return {
    release: () => {
      if (held.isOpen) held.close();
    },
  };
}
