import type { Engine } from '../engine/engine.ts';

/** How many runs may wait for their turn on disk before senders of webhooks are asked to come again. */
export interface BacklogLimits {
  /** In all. */
  runs: number;
  runsOfAccount: number;
}

/** An account at its limit leaves room for several others; a run is a few kilobytes on disk and 100 bytes in memory. */
export const BACKLOG_LIMITS: BacklogLimits = { runs: 500_000, runsOfAccount: 100_000 };

/** Whether the account, or the runner, has as many runs waiting as it may have. */
export function isFull(engine: Engine, account: string, limits: BacklogLimits): boolean {
  const waiting = engine.backlog(account);
  return waiting.runs >= limits.runs || waiting.runsOfAccount >= limits.runsOfAccount;
}
