import type { Instant } from '../run/records.ts';

/** How long the history of an account is kept; what is absent has no bound. */
export interface HistoryLimits {
  /** Milliseconds that a run is kept after its end. */
  keepMs?: number;
  /** The same of runs that failed and that nobody has run again. */
  keepFailedMs?: number;
  /** About how much the history may take before its oldest runs go. */
  maxBytes?: number;
}

/** Some runs of an account's history, in order of their ids. */
export interface HistoryPart {
  /** The last one's id. */
  last: string;
  runs: number;
  /** About what they take: what they carry, their attempts, and the large values that they refer to. */
  bytes: number;
  /** When the first one was accepted. */
  oldest: Instant;
}

export interface PruneRule {
  now: Instant;
  /** Runs that ended before this go, but for those that failed and that nobody has run again; without it they stay. */
  endedBefore?: Instant;
  /** Those that failed before this and that nobody has run again go; without it they stay. */
  failedBefore?: Instant;
  /** As soon as so many bytes are gone, no further run goes. */
  enoughBytes?: number;
}

/** What one small transaction took away. */
export interface PruneStep {
  /** Go on behind this run; absent where the account has no more. */
  last?: string;
  runs: number;
  bytes: number;
}

/** The runs of accounts as a whole: what they take, and how what is old goes. */
export interface HistoryStore {
  /** Of each account, as it had them when it served last: its history outlives it. */
  limits(): Map<string, HistoryLimits>;
  /** Those that have runs, in order. */
  accounts(): string[];
  /** Measures so many runs of an account behind a run, which may be an empty text; `undefined` where there are none. */
  measure(account: string, after: string, limit: number): HistoryPart | undefined;
  /**
   * Looks at a few runs of an account behind a run, and takes away those that the rule names and that nobody needs, with
   * their attempts, the runs that they called and the large values that nobody else has. Stay: runs that have not ended, those
   * that are uncertain, those with which a repeated delivery would still be answered, replays of what stays, and whatever
   * called such ones or was called by them.
   */
  prune(account: string, after: string, rule: PruneRule): Promise<PruneStep>;
}
