import { StoreError, type StoreErrorCode } from '../../store/store-error.ts';

/** Milliseconds until a run goes on that the store could not write. */
export const AFTER_TROUBLE_MS = 5000;

/** Others last until the next start. */
const PASSING: ReadonlySet<StoreErrorCode> = new Set(['store_full', 'store_busy', 'store_unavailable']);

/** Whether what is kept does not open: no private key at hand does it. */
export function isSealed(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'store_sealed';
}

/** Whether the store failed in a way that may have gone by in a moment. */
export function mayPass(error: unknown): boolean {
  return error instanceof StoreError && PASSING.has(error.code);
}
