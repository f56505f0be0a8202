import type { Failure } from '../run/failure.ts';

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 5 * 60_000;
const LONGEST_ASKED_MS = 24 * 3_600_000;

/**
 * Milliseconds until the next attempt, or `undefined` where there is none: what the service asked for, otherwise
 * exponential with full jitter (`random` gives 0 to 1). Only `retryable` failures are tried again.
 */
export function waitBeforeRetry(
  failure: Failure,
  attempt: number,
  attempts: number,
  random: () => number,
): number | undefined {
  if (failure.class !== 'retryable' || attempt >= attempts) return undefined;
  if (failure.retryAfterMs !== undefined) return Math.min(failure.retryAfterMs, LONGEST_ASKED_MS);
  return Math.ceil(random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1)));
}
