import type { Reconciler } from './reconciler.ts';

/** Part of the interval by which it is longer or shorter by chance, so that many runners do not ask at once. */
const JITTER = 0.1;

/** Reconciles at the start and then on an interval (in milliseconds, from the end of one to the next). Gives what ends it. */
export function followSource(
  reconciler: Reconciler,
  intervalMs: number,
  onError: (error: unknown) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const go = async (cause: 'start' | 'interval'): Promise<void> => {
    await reconciler.reconcile(cause).catch(onError);
    if (ended) return;
    const delay = intervalMs * (1 + JITTER * (2 * Math.random() - 1));
    timer = setTimeout(() => void go('interval'), delay);
  };
  void go('start');
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
