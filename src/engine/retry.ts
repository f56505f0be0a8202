import { longestWaitAfter } from '../plan/retry-schedule.ts';
import type { Failure } from '../run/failure.ts';

const LONGEST_ASKED_MS = 24 * 3_600_000;

/**
 * Milliseconds until the next attempt, or `undefined` where there is none: what the service asked for, otherwise
 * exponential with full jitter (`random` gives 0 to 1). Only `retryable` failures are tried again. Zero, or an instant that
 * is past as soon as two clocks differ, asks for nothing: all attempts would be over in a moment.
 */
export function waitBeforeRetry(
  failure: Failure,
  attempt: number,
  attempts: number,
  random: () => number,
): number | undefined {
  if (failure.class !== 'retryable' || attempt >= attempts) return undefined;
  const { retryAfterMs: asked = 0 } = failure;
  if (asked > 0) return Math.min(asked, LONGEST_ASKED_MS);
  return Math.ceil(random() * longestWaitAfter(attempt));
}
