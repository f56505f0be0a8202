import { StoreError, type StoreErrorCode } from '../../store/store-error.ts';

/** Milliseconds until a run goes on that the store could not write. */
export const AFTER_TROUBLE_MS = 5000;

/** Others last until the next start. */
const PASSING: ReadonlySet<StoreErrorCode> = new Set(['store_full', 'store_unavailable']);

/** Whether the store failed in a way that may have gone by in a moment. */
export function mayPass(error: unknown): boolean {
  return error instanceof StoreError && PASSING.has(error.code);
}
