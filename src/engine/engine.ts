import type { JsonObject } from '../json/value.ts';
import type { Outcome } from '../run/failure.ts';
import type { AttemptKey, AttemptRecord, RunRecord, RunSummary } from '../run/records.ts';
import type { Limiter } from './limiter.ts';

/** What an engine tells of a run while it goes on; for people who watch, nothing is built on it. */
export type RunEvent =
  | { kind: 'run_accepted'; run: RunRecord }
  | { kind: 'attempt_started'; run: RunRecord; attempt: AttemptRecord }
  | { kind: 'attempt_finished'; run: RunRecord; attempt: AttemptRecord }
  | { kind: 'run_finished'; run: RunRecord };

export interface RunRequest {
  account: string;
  automation: string;
  /** Digest. */
  plan: string;
  trigger: JsonObject;
  /** UUID version 7; without it, a new one. */
  id?: string;
  /** The run that it replays. */
  origin?: string;
  /** What was odd about what it is given. */
  warnings?: string[];
  /** Attempts of that run that are not made again. */
  journal?: readonly AttemptRecord[];
  /**
   * Names what asks for the run: where the automation has a run of that name already, from the last 7 days, nothing is
   * started and that one is given.
   */
  delivery?: string;
}

/** One of several that are started together. */
export type TogetherRequest = Omit<RunRequest, 'id' | 'delivery' | 'journal'>;

/** Runs plans durably. */
export interface Engine {
  /** Where the calls of all runs wait for services' limits; who calls a service outside of a run waits there too. */
  readonly limiter: Limiter;
  /**
   * Resolves when the run is on disk: from then on it ends in some way, through any crash. With the `id` of a run that
   * was started before, nothing is started, and the promise gives that run.
   */
  start(request: RunRequest): Promise<RunRecord>;
  /**
   * Starts a run for each, all or none. `keep` puts them into the store, with whatever must be in the same transaction, and
   * gives those that are new; they go on when it has resolved.
   */
  startTogether(
    requests: readonly TogetherRequest[],
    keep: (runs: readonly RunRecord[]) => Promise<readonly RunRecord[]>,
  ): Promise<void>;
  /** Resolves with the run when it has ended, or as it is when the engine stops, or so many milliseconds are over, before. */
  finished(run: string, forMs?: number): Promise<RunRecord>;
  /** Gives an attempt that waits its outcome; durable when it resolves. `false`: it has one already, or never began. */
  answer(run: RunRecord, key: AttemptKey, outcome: Outcome): Promise<boolean>;
  /**
   * Ends a run as canceled, and those that it called and waits for; durable when it resolves. An attempt under way may end,
   * and is journaled; nothing more begins. `false`: it had ended already.
   */
  cancel(run: string, reason: string): Promise<boolean>;
  /** Lets an uncertain run go on: its attempt gets the outcome, or is made again. */
  reopen(run: RunRecord, key: AttemptKey, outcome: Outcome | undefined): Promise<void>;
  /**
   * Lets a failed run go on, with the plan that it began with, from what failed in it, and the called runs with it for which it
   * failed. What ended well is kept, and so are failures that the automation handled. Durable when it resolves; with the
   * reason where it cannot.
   */
  retry(run: RunSummary): Promise<string | undefined>;
  /** From now on nothing of the account, or of its one automation, begins or goes on; runs are still taken. */
  pause(account: string, automation: string | undefined): Promise<void>;
  /** Everything goes on as it was. `false`: it was not paused. */
  unpause(account: string, automation: string | undefined): Promise<boolean>;
  /** A private key of the account was put in its place: runs that could not be read for want of it go on. */
  unsealed(account: string): void;
  /** Takes up every run that was queued or under way, and the others when they are due. Gives the number of the first. */
  resume(): number;
  /** Runs that are on disk and wait for their turn or their place, behind a crowd, for a key, or until their account is paused no more. */
  backlog(account: string): { runs: number; runsOfAccount: number };
  watch(listener: (event: RunEvent) => void): () => void;
  /** Begins no further attempt, waits for those under way up to the limit, and leaves the rest to the next start. */
  stop(drainMs: number): Promise<void>;
}
