import type { Failure } from '../run/failure.ts';

/**
 * Does something for each index below `count`, up to `atOnce` at a time, and gives the results in order. After a result
 * that is not `done` nothing more begins. What was begun is waited for, also where one of them throws.
 */
export async function inOrder<Result extends { kind: string }>(
  count: number,
  atOnce: number,
  perform: (index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let broken = false;
  const work = async (): Promise<void> => {
    while (next < count && !broken) {
      const index = next++;
      try {
        const result = await perform(index);
        results[index] = result;
        broken ||= result.kind !== 'done';
      } catch (error) {
        broken = true;
        throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: Math.min(atOnce, count) }, work));
  for (const worker of workers) if (worker.status === 'rejected') throw worker.reason;
  return results.filter((result) => result !== undefined);
}

/**
 * Which of several ends is that of all, where they are not all `done`: the first, unless nobody is sure of one. That one a person
 * must know of, whatever else went wrong beside it.
 */
export function brokenEnd<End extends { kind: string; failure?: Failure }>(
  ends: readonly End[],
): Exclude<End, { kind: 'done' }> | undefined {
  const broken = ends.filter((end): end is Exclude<End, { kind: 'done' }> => end.kind !== 'done');
  return broken.find(({ failure }) => failure?.class === 'uncertain') ?? broken[0];
}
