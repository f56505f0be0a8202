const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 5 * 60_000;

/** Milliseconds that there are at most between an attempt that failed and the next, where the service asks for nothing. */
export function longestWaitAfter(attempt: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
}

/** Milliseconds that there are at most between so many attempts, all together. */
export function longestWaits(attempts: number): number {
  let all = 0;
  for (let attempt = 1; attempt < attempts; attempt++) all += longestWaitAfter(attempt);
  return all;
}
