import { StoreError } from '../store-error.ts';

/** Puts an error of SQLite in plain words; anything else passes as it is. */
export function describeSqliteError(error: unknown): unknown {
  const code = resultCode(error);
  if (code === undefined || !(error instanceof Error)) return error;
  if (code === SQLITE_FULL) {
    return new StoreError(
      'store_full',
      'The disk of the data folder is full. Free some space; nothing that was kept is lost.',
      {
        cause: error,
      },
    );
  }
  if (code === SQLITE_BUSY)
    return new StoreError(
      'store_busy',
      'Another program has the database of the data folder locked, and nothing can be kept meanwhile. End it.',
      { cause: error },
    );
  if (OWN_FAULTS.has(code)) {
    return new StoreError('store_refused', `The store refused a write: ${error.message}.`, { cause: error });
  }
  return new StoreError(
    'store_unavailable',
    `The store could not be written or read: ${error.message}. Check the disk and the permissions of the data folder.`,
    { cause: error },
  );
}

/** True where one write contradicts what is kept; false where the file or the disk failed, which concerns all writes. */
export function isOwnFault(error: unknown): boolean {
  const code = resultCode(error);
  return code === undefined || OWN_FAULTS.has(code);
}

export function isBusy(error: unknown): boolean {
  return resultCode(error) === SQLITE_BUSY;
}

/** Primary result codes, https://sqlite.org/rescode.html: the lower eight bits of the extended ones. */
const SQLITE_ERROR = 1;
const SQLITE_BUSY = 5;
const SQLITE_FULL = 13;
const SQLITE_TOOBIG = 18;
const SQLITE_CONSTRAINT = 19;
const SQLITE_MISMATCH = 20;
const SQLITE_RANGE = 25;
const OWN_FAULTS = new Set([SQLITE_ERROR, SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_RANGE]);

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}
