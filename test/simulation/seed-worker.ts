import { parentPort, workerData } from 'node:worker_threads';
import type { Lived } from './seeds.ts';
import { simulate } from './simulation.ts';

const template = workerData as string;

parentPort?.on('message', (seed: number) => {
  simulate(seed, template).then(
    (result) => answer({ seed, result }),
    (error: unknown) =>
      answer({ seed, broken: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});

function answer(lived: Lived): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of windows, and this is a thread.
  parentPort?.postMessage(lived);
}
