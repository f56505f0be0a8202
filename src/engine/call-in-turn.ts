import type { Outcome } from '../run/failure.ts';
import type { Limiter } from './limiter.ts';
import type { CallLimit } from './limits.ts';
import { startTimeout } from './timeout.ts';

/** A call that belongs to no run. */
export interface CallInTurn {
  limits: readonly CallLimit[];
  /** The longest that the call may take once its turn has come, in milliseconds. */
  timeoutMs: number;
  /** Aborted when nothing is called any more. */
  stopping: AbortSignal;
  /** `nextRequest` waits for one more request of the same call. */
  perform: (signal: AbortSignal, nextRequest: () => Promise<void>) => Promise<Outcome>;
}

/**
 * Makes a call when its limits allow, in one queue with the calls of runs. Where the service asks it to wait, the others
 * wait too. Rejects with the reason of `stopping` where that comes before its turn.
 */
export async function callInTurn(limiter: Limiter, call: CallInTurn): Promise<Outcome> {
  const { limits, timeoutMs, stopping, perform } = call;
  const turn = await limiter.enter(limits, stopping);
  const timeout = startTimeout(timeoutMs, stopping);
  try {
    const outcome = await perform(timeout.signal, () => turn.next());
    if (!outcome.ok && outcome.failure.retryAfterMs !== undefined) turn.hold(outcome.failure.retryAfterMs);
    return outcome;
  } finally {
    timeout.clear();
    turn.release();
  }
}
