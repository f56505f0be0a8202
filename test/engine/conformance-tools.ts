import assert from 'node:assert/strict';
import type { WaitCall } from '../../src/engine/durable.ts';
import type { Outcome } from '../../src/run/failure.ts';
import { turn } from './manual-clock.ts';
import { keyOf, type Trial } from './trial.ts';

export type Check = (title: string, body: (trial: Trial) => Promise<void>) => void;

export const over = (until: number): Outcome => ({ ok: true, output: { until } });

export function waitOf(until: (begun: number) => number | undefined): WaitCall {
  return { key: keyOf('a'), input: 'what', until, over };
}

/** What must not happen has had its chance then: longer than any write waits for company. */
export function aMoment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 70));
}

export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 5000;
  while (!condition()) {
    assert.ok(performance.now() < end, 'what was waited for did not come');
    await turn();
  }
}
