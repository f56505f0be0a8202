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

/** Does what the store must keep, again until it does. The clock's `delay` rejects when the engine stops: the next start goes on. */
export async function untilKept(
  work: () => Promise<unknown>,
  clock: { delay(milliseconds: number): Promise<void> },
  told: (error: unknown) => void,
): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      told(error);
      if (!mayPass(error)) return;
    }
    try {
      await clock.delay(AFTER_TROUBLE_MS);
    } catch {
      return;
    }
  }
}
