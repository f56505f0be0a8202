import type { Json, JsonObject } from '../json/value.ts';
import type { Failure, Outcome } from '../run/failure.ts';
import type { AttemptKey, Effect, Instant } from '../run/records.ts';
import type { CallLimit } from './limits.ts';
import type { StorageOperation } from '../run/storage-operation.ts';

/** One attempt to have an effect outside of the store. */
export interface AttemptCall {
  key: AttemptKey;
  effect: Effect;
  /** What the step was given, for the history. */
  input: Json;
  /** Of a write: within which it may be performed again. */
  repeatable?: Repeatable;
  /** What the call keeps to, together with all others of its connection. */
  limits: readonly CallLimit[];
  /**
   * Has the effect. Never throws: what goes wrong is an outcome. `nextRequest` resolves when the limits allow one more
   * request than the first.
   */
  perform: (signal: AbortSignal, nextRequest: () => Promise<void>) => Promise<Outcome>;
}

/** The service does a write once for a key, as long as it remembers the key. */
export interface Repeatable {
  /** The first attempt that may have taken place: this one, or one before whose outcome is uncertain. */
  since: AttemptKey;
  /** Milliseconds from the begin of `since` for which the service remembers. */
  forMs: number;
}

/** Another automation of the account that is to run as a run of its own. */
export interface AutomationCall {
  key: AttemptKey;
  automation: string;
  /** Digest. */
  plan: string;
  /** What its expressions read as `trigger`. */
  trigger: JsonObject;
  /** What the step gave, for the history. */
  input: Json;
  /** Whether the outcome is that of the called run; otherwise it is there as soon as that run is. */
  waits: boolean;
}

/** Something that is waited for without doing anything. */
export interface WaitCall {
  key: AttemptKey;
  /** What is waited for, for the history. */
  input: Json;
  /** The instant at which the wait is over by itself, if it ever is, from the one at which it began. */
  until: (begun: Instant) => Instant | undefined;
  /** What it comes to then. */
  over: (until: Instant) => Outcome;
}

/** A stretch of a long loop, with a journal of its own. */
export interface PageCall {
  /** `run/page.ts` names pages; the number is 1. */
  key: AttemptKey;
  /** Which items it has, for the history. */
  input: Json;
  /** Does them on the durable that it is given. `undefined`: it did not come to its end, and what it came to is a person's affair. */
  perform: (durable: Durable) => Promise<Outcome | undefined>;
}

/** A step that must end in time. */
export interface TimedCall<T> {
  /** The number is 0: the step as a whole. */
  key: AttemptKey;
  /** Milliseconds from the begin. */
  forMs: number;
  /** Does the step on the durable that it is given. */
  perform: (durable: Durable) => Promise<T>;
  /** What it comes to otherwise. */
  over: (deadline: Instant) => Failure;
}

export type TimedEnd<T> = { inTime: true; value: T } | { inTime: false; failure: Failure };

/**
 * What the interpreter needs of an engine: the same run, interpreted again from its start after a crash, gets the same
 * answers for all that had finished, and goes on from there. An engine must keep these:
 * - `attempt`: an attempt that has an outcome is not performed again. An attempt that was begun and has no outcome is
 *   performed again if its effect is `read` or `idempotent`, or if it is a `write` that is still `repeatable`; otherwise
 *   its outcome is a failure of class `uncertain`, with the code `interrupted`. A `write` is journaled as begun before it
 *   is performed. An attempt begins when its limits allow it, and is not journaled before.
 * - `storage`: the operation and the record of its outcome are one transaction, so it takes place exactly once.
 * - `sleep`: the instant at which it ends is decided once.
 * - `wait`: both instants are decided once. Its outcome is one that came from elsewhere before `until`, otherwise `over`.
 * - `call`: the run is started once; its id is `calledRunId` of this run and the step. Its outcome is that of `calledOutcome`,
 *   or of `startedOutcome` where it is not waited for.
 * - `page`: a page that has an outcome is not performed again, and its journal is not read again. One that has none is
 *   performed again, on all that its journal holds.
 * - `timed`: the deadline is decided once, when it begins; so is whether it ended in time. At the deadline all ends that is
 *   under way in it: attempts are aborted, waits and sleeps are over, called runs are ended, and nothing more begins. Where a
 *   write is then uncertain, that is its failure, and nothing is decided until a person has.
 */
export interface Durable {
  attempt(call: AttemptCall): Promise<Outcome>;
  storage(key: AttemptKey, input: Json, operation: StorageOperation): Promise<Outcome>;
  /** Waits after the attempt `key`, from its end, for so many milliseconds. */
  sleep(key: AttemptKey, milliseconds: number): Promise<void>;
  call(call: AutomationCall): Promise<Outcome>;
  wait(wait: WaitCall): Promise<Outcome>;
  page(page: PageCall): Promise<Outcome | undefined>;
  timed<T>(timed: TimedCall<T>): Promise<TimedEnd<T>>;
}
