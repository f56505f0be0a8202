/** The time that a call has. */
export interface Timeout {
  /** Aborted with a `TimeoutError` when the time is over. */
  signal: AbortSignal;
  /** The call has ended: a timer that goes on would keep all that hangs on its signal in memory. */
  clear(): void;
}

/** By the machine's clock. Keeps no process from its end, as `AbortSignal.timeout` does not either. */
export function startTimeout(milliseconds: number): Timeout {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(timeIsOver()), milliseconds);
  timer.unref();
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

/** What `AbortSignal.timeout` aborts with. */
export function timeIsOver(): DOMException {
  return new DOMException('The operation was aborted due to timeout', 'TimeoutError');
}
