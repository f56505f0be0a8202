import { longestWaitAfter } from '../plan/retry-schedule.ts';
import type { Failure } from '../run/failure.ts';

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
  return Math.ceil(random() * longestWaitAfter(attempt));
}
