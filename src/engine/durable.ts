import type { Json } from '../json/value.ts';
import type { Outcome } from '../run/failure.ts';
import type { AttemptKey, Effect } from '../run/records.ts';
import type { StorageOperation } from '../run/storage-operation.ts';

/** One attempt to have an effect outside of the store. */
export interface AttemptCall {
  key: AttemptKey;
  effect: Effect;
  /** What the step was given, for the history. */
  input: Json;
  /** Has the effect. Never throws: what goes wrong is an outcome. */
  perform: (signal: AbortSignal) => Promise<Outcome>;
}

/**
 * What the interpreter needs of an engine: the same run, interpreted again from its start after a crash, gets the same
 * answers for all that had finished, and goes on from there. An engine must keep these:
 * - `attempt`: an attempt that has an outcome is not performed again. An attempt that was begun and has no outcome is
 *   performed again if its effect is `read` or `idempotent`; otherwise its outcome is a failure of class `uncertain`.
 *   A `write` is journaled as begun before it is performed.
 * - `storage`: the operation and the record of its outcome are one transaction, so it takes place exactly once.
 * - `sleep`: the instant at which it ends is decided once.
 */
export interface Durable {
  attempt(call: AttemptCall): Promise<Outcome>;
  storage(key: AttemptKey, input: Json, operation: StorageOperation): Promise<Outcome>;
  /** Waits after the attempt `key`, from its end, for so many milliseconds. */
  sleep(key: AttemptKey, milliseconds: number): Promise<void>;
}
