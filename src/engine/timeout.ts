/** The time that a call has. */
export interface Timeout {
  /** Aborted with a `TimeoutError` when the time is over, and with the reason of `stop` where that comes before. */
  signal: AbortSignal;
  /** The call has ended: a timer that goes on would keep all that hangs on its signal in memory. */
  clear(): void;
}

/** By the machine's clock. Keeps no process from its end, as `AbortSignal.timeout` does not either. */
export function startTimeout(milliseconds: number, stop?: AbortSignal): Timeout {
  return timeoutBy(setTimer, milliseconds, stop);
}

/** By another clock: `set` rings after so many milliseconds, and gives what takes that back. */
export function timeoutBy(
  set: (milliseconds: number, ring: () => void) => () => void,
  milliseconds: number,
  stop?: AbortSignal,
): Timeout {
  const controller = new AbortController();
  const takeBack = set(milliseconds, () => controller.abort(timeIsOver()));
  // `AbortSignal.any` would cost several times as much for each call.
  const abort = (): void => controller.abort(stop?.reason);
  if (stop?.aborted === true) abort();
  stop?.addEventListener('abort', abort);
  return {
    signal: controller.signal,
    clear: () => {
      takeBack();
      stop?.removeEventListener('abort', abort);
    },
  };
}

function setTimer(milliseconds: number, ring: () => void): () => void {
  const timer = setTimeout(ring, milliseconds);
  timer.unref();
  return () => clearTimeout(timer);
}

/** What `AbortSignal.timeout` aborts with. */
function timeIsOver(): DOMException {
  return new DOMException('The operation was aborted due to timeout', 'TimeoutError');
}
