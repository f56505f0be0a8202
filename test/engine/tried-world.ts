import type { Plan } from '../../src/generated/plan.ts';
import type { Failure, Outcome } from '../../src/run/failure.ts';
import type { RunRecord } from '../../src/run/records.ts';
import { LiveDeployment } from '../../src/runner/live-deployment.ts';
import { RunControl } from '../../src/runner/run-control.ts';
import { automationOf } from '../compiler/compile-text.ts';
import { count, EngineWorld } from './engine-world.ts';

export const BODY = { type: 'object', properties: { n: { type: 'integer' } } };
export const send = {
  id: 'send',
  uses: 'http.request',
  with: { method: 'POST', url: 'https://example.com/', body: 'x' },
};
const both = [count('one', 'ones'), send, count('two', 'twos')];
/** Counts, sends and counts. */
export const way = {
  id: 'way',
  switch: [{ if: '${{ trigger.body.n !== 9 }}', steps: both, output: '${{ steps.one.value }}' }],
};

export const GIVEN: Outcome = { ok: true, output: { status: 200, headers: {}, body: 'ok' } };
export const refused = (more: Partial<Failure> = {}): Outcome => ({
  ok: false,
  failure: { class: 'permanent', code: 'http_status', message: 'no', ...more },
});

/** Answers one call after the other, the last answer to all that follow. Gives the idempotency keys that came. */
export function answers(world: EngineWorld, ...all: Outcome[]): string[] {
  const keys: string[] = [];
  world.answer = ({ idempotencyKey = 'none' }) => {
    keys.push(idempotencyKey);
    return Promise.resolve(all[Math.min(keys.length, all.length) - 1] ?? GIVEN);
  };
  return keys;
}

/** One automation with these steps, whose writes take a key. */
export const worldOf = (steps: object[], output?: string): Promise<EngineWorld> =>
  EngineWorld.of({ example: automationOf(steps, BODY, output === undefined ? {} : { output }) }, 10, keyed);

function keyed(plan: Plan): void {
  const request = plan.connectors['http']?.actions['request'];
  if (request !== undefined) request.idempotency = { header: 'Idempotency-Key', lifetime: '1h' };
}

/** What people decide of runs, with what is deployed. */
export async function controlOf(world: EngineWorld): Promise<RunControl> {
  await world.store.deployments.hookSecret('acme', 'example');
  const live = new LiveDeployment(world.store);
  return new RunControl(
    world.store,
    world.engine,
    () => live,
    () => undefined,
  );
}

export async function untilAsync(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The run as it went: depth, path and end of each step. */
export async function traced(world: EngineWorld, run: RunRecord): Promise<string[]> {
  return (await world.trace(run)).map(({ path, depth, end }) => `${depth} ${path} ${end?.kind ?? 'none'}`);
}
