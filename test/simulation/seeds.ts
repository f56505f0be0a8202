import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { SimulationResult } from './simulation.ts';

/** What a seed came to: `broken` says which promise was not kept. */
export type Lived = { seed: number; result: SimulationResult } | { seed: number; broken: string };

/** Megabytes for what is new: nearly all that a simulation makes is soon forgotten. */
const YOUNG_MB = 32;

/**
 * Lives through seeds, each by itself, in as many threads as there are cores. Node's test runner follows every promise of its
 * own thread, which costs more than the simulation.
 */
export async function liveThrough(seeds: Iterable<number>): Promise<Lived[]> {
  const template = mkdtempSync(join(tmpdir(), 'waybill-simulation-'));
  const left = seeds[Symbol.iterator]();
  const lived: Lived[] = [];
  try {
    await openSqliteStore(template).close();
    const threads = Array.from({ length: availableParallelism() }, () => liveInThread(left, template, lived));
    await Promise.all(threads);
  } finally {
    rmSync(template, { recursive: true, force: true });
  }
  return lived.toSorted((one, other) => one.seed - other.seed);
}

/** Takes one seed after the other from those that are left, as other threads do. */
async function liveInThread(left: Iterator<number>, template: string, lived: Lived[]): Promise<void> {
  const thread = new Worker(new URL('seed-worker.ts', import.meta.url), {
    workerData: template,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  try {
    for (let next = left.next(); next.done !== true; next = left.next()) {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of windows, and this is a thread.
      thread.postMessage(next.value);
      lived.push(await answerOf(thread, next.value));
    }
  } finally {
    await thread.terminate();
  }
}

async function answerOf(thread: Worker, seed: number): Promise<Lived> {
  try {
    const [lived] = (await once(thread, 'message')) as [Lived];
    return lived;
  } catch (error) {
    throw new Error(`seed ${seed} threw where nobody waits for it`, { cause: error });
  }
}
