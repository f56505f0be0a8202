import type { Json } from '../json/value.ts';
import type { Outcome } from '../run/failure.ts';
import type { AttemptKey, Effect } from '../run/records.ts';
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

/**
 * What the interpreter needs of an engine: the same run, interpreted again from its start after a crash, gets the same
 * answers for all that had finished, and goes on from there. An engine must keep these:
 * - `attempt`: an attempt that has an outcome is not performed again. An attempt that was begun and has no outcome is
 *   performed again if its effect is `read` or `idempotent`, or if it is a `write` that is still `repeatable`; otherwise
 *   its outcome is a failure of class `uncertain`, with the code `interrupted`. A `write` is journaled as begun before it
 *   is performed. An attempt begins when its limits allow it, and is not journaled before.
 * - `storage`: the operation and the record of its outcome are one transaction, so it takes place exactly once.
 * - `sleep`: the instant at which it ends is decided once.
 */
export interface Durable {
  attempt(call: AttemptCall): Promise<Outcome>;
  storage(key: AttemptKey, input: Json, operation: StorageOperation): Promise<Outcome>;
  /** Waits after the attempt `key`, from its end, for so many milliseconds. */
  sleep(key: AttemptKey, milliseconds: number): Promise<void>;
}
