import type { JsonObject } from '../json/value.ts';
import type { AttemptRecord, RunRecord } from '../run/records.ts';

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
  /**
   * Names what asks for the run: where the automation has a run of that name already, from the last 7 days, nothing is
   * started and that one is given.
   */
  delivery?: string;
}

/** Runs plans durably. */
export interface Engine {
  /**
   * Resolves when the run is on disk: from then on it ends in some way, through any crash. With the `id` of a run that
   * was started before, nothing is started, and the promise gives that run.
   */
  start(request: RunRequest): Promise<RunRecord>;
  /**
   * Starts a run for each, all or none. `keep` puts them into the store, with whatever must be in the same transaction;
   * they go on when it has resolved.
   */
  startTogether(
    requests: readonly Omit<RunRequest, 'id' | 'delivery'>[],
    keep: (runs: readonly RunRecord[]) => Promise<void>,
  ): Promise<void>;
  /** Resolves with the run when it has ended, or as it is when the engine stops before. */
  finished(run: string): Promise<RunRecord>;
  /** Takes up every run that had not ended. Gives their number. */
  resume(): number;
  watch(listener: (event: RunEvent) => void): () => void;
  /** Begins no further attempt, waits for those under way up to the limit, and leaves the rest to the next start. */
  stop(drainMs: number): Promise<void>;
}
