import { parentPort, workerData } from 'node:worker_threads';
import type { Lived } from './seeds.ts';
import { simulate } from './simulation.ts';

const template = workerData as string;

parentPort?.on('message', (seed: number) => {
  const answer = (lived: Lived): void => parentPort?.postMessage(lived);
  simulate(seed, template).then(
    (result) => answer({ seed, result }),
    (error: unknown) =>
      answer({ seed, broken: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
