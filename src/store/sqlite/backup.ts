import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../store-error.ts';
import { DATABASE_FILE } from './database-file.ts';
import { lockFolder } from './folder-lock.ts';
import { MIGRATIONS, schemaVersion } from './migrate.ts';
import { describeSqliteError } from './sqlite-error.ts';

/**
 * Writes all that a data folder holds at this instant into one new file, also while a runner uses the folder: the copy is
 * made in one reading transaction (https://sqlite.org/lang_vacuum.html#vacuuminto). Throws `StoreError`.
 */
export function backUp(folder: string, file: string): void {
  const source = join(resolve(folder), DATABASE_FILE);
  const target = resolve(file);
  if (!existsSync(source)) throw unavailable(`There is no data in ${folder}: no runner has used it.`);
  if (existsSync(target)) throw unavailable(`${file} is there already; a backup never overwrites one.`);
  if (!existsSync(dirname(target))) throw unavailable(`There is no folder ${dirname(target)} to write ${file} to.`);
  const temporary = `${target}.${process.pid}.tmp`;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(source, { readOnly: true });
    database.prepare('VACUUM INTO ?').run(temporary);
    // It holds what runs carried, and the addresses of webhooks.
    chmodSync(temporary, 0o600);
    toDisk(temporary);
    renameSync(temporary, target);
    toDisk(dirname(target));
  } catch (error) {
    for (const part of [temporary, `${temporary}-journal`]) rmSync(part, { force: true });
    const described = describeSqliteError(error);
    // Nothing but the copy is written.
    if (described instanceof StoreError && described.code === 'store_full')
      throw new StoreError('store_full', `The disk of ${file} is full; there is no backup.`, { cause: error });
    throw described;
  } finally {
    database?.close();
  }
}

/** Puts a backup into a data folder that holds nothing yet. Throws `StoreError` where it is damaged, or anything is in the way. */
export function restoreBackup(file: string, folder: string): void {
  const path = resolve(folder);
  checkBackup(file);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const lock = lockFolder(path);
  const target = join(path, DATABASE_FILE);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    // A log without its database would be taken for that of the restored one.
    if (existsSync(target) || existsSync(`${target}-wal`))
      throw unavailable(`${folder} holds data already. Move it away first, or give --data another folder.`);
    copyFileSync(file, temporary);
    chmodSync(temporary, 0o600);
    toDisk(temporary);
    renameSync(temporary, target);
    toDisk(path);
  } finally {
    rmSync(temporary, { force: true });
    lock.release();
  }
}

function checkBackup(file: string): void {
  if (!existsSync(file)) throw unavailable(`There is no file ${file}.`);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    const version = schemaVersion(database);
    if (version === 0) throw unavailable(`${file} is no backup of Waybill's data.`);
    if (version > MIGRATIONS.length)
      throw new StoreError('store_newer', `${file} was written by a newer Waybill. Use that one to restore it.`);
    const [problem] = database
      .prepare('PRAGMA quick_check(1)')
      .all()
      .map((row) => String(row['quick_check']));
    if (problem !== 'ok') throw unavailable(`${file} is damaged: ${problem}.`);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw unavailable(`${file} is no backup of Waybill's data, or is damaged.`, error);
  } finally {
    database?.close();
  }
}

function toDisk(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function unavailable(message: string, cause?: unknown): StoreError {
  return new StoreError('store_unavailable', message, { cause });
}
