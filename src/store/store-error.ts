export type StoreErrorCode =
  | 'store_locked'
  | 'store_newer'
  | 'store_full'
  | 'store_busy'
  | 'store_unavailable'
  | 'store_broken'
  | 'store_refused'
  | 'store_sealed'
  | 'store_closed';

/**
 * Why the store could not be opened, or did not keep something.
 * - `store_locked`: another process uses the folder.
 * - `store_newer`: a newer Waybill wrote it.
 * - `store_full`: no space; nothing of the batch was kept.
 * - `store_busy`: another program has the database locked; nothing of the batch was kept.
 * - `store_unavailable`: the disk or the file failed; nothing of the batch was kept.
 * - `store_broken`: the disk refused a sync, so nobody knows what it holds; nothing more is kept before the next start.
 * - `store_refused`: this one write contradicts what is kept, such as a second run with the same id.
 * - `store_sealed`: it is kept encrypted, and no private key at hand opens it; nothing is lost.
 * - `store_closed`: asked for after `close`.
 */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}
