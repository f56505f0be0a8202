import { setTimeout as delay } from 'node:timers/promises';
import type { RunRecord } from '../../run/records.ts';
import { Stopped, type EmbeddedDurable } from './embedded-durable.ts';

/** A run under way in this process. */
export interface ActiveRun {
  account: string;
  automation: string;
  /** Settles when it is kept that the run was ended before its time, or cannot be. */
  canceling: Promise<void> | undefined;
  /** Ends what is under way in the midst of it. */
  abort: AbortController;
  durable: EmbeddedDurable | undefined;
  /** Its end was told. */
  announced: boolean;
  /** Never rejects. */
  ended: Promise<void>;
}

export function newActiveRun({ account, automation }: RunRecord): ActiveRun {
  return {
    account,
    automation,
    canceling: undefined,
    abort: new AbortController(),
    durable: undefined,
    announced: false,
    ended: Promise.resolve(),
  };
}

/** Lets nothing more begin, and what is under way end, for so many milliseconds; the rest is cut off. Resolves when all have ended. */
export async function drain(runs: readonly ActiveRun[], milliseconds: number): Promise<void> {
  for (const { durable } of runs) durable?.waits.end(new Stopped());
  const drained = Promise.allSettled(runs.map(({ ended }) => ended));
  await Promise.race([drained, delay(milliseconds, undefined, { ref: false })]);
  for (const { abort } of runs) abort.abort(new DOMException('the runner stops', 'AbortError'));
  await drained;
}
