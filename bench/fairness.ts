/**
 * How long a single run takes while another account has a backlog, beside the same on an idle runner.
 * Usage: node bench/fairness.ts [runs in the backlog, 100000]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedEngine } from '../src/engine/embedded/embedded-engine.ts';
import { startTimeout } from '../src/engine/timeout.ts';
import type { Plan } from '../src/generated/plan.ts';
import { namePlan, type NamedPlan } from '../src/plan/digest.ts';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts';

const backlog = Number(process.argv[2] ?? 100_000);
const SINGLE_RUNS = 200;
/** Milliseconds that the service takes. */
const CALL_MS = 20;

const folder = mkdtempSync(join(tmpdir(), 'waybill-fairness-'));
const store = openSqliteStore(folder);
const engine = new EmbeddedEngine({
  store,
  services: {
    caller: { call: () => delay(CALL_MS, { ok: true as const, output: { done: true } }) },
    credentials: { credential: () => Promise.reject(new Error('there are none')) },
    random: Math.random,
    timeout: startTimeout,
  },
  now: Date.now,
  maxConcurrentRuns: 200,
  onError: (error) => console.error(error),
});
const [busy, quiet] = [planOf('busy'), planOf('quiet')];
await store.deployments.keepPlans(new Map([busy, quiet].map(({ digest, text }) => [digest, text])));
try {
  const idle = await single();
  const rss = process.memoryUsage().rss;
  const begun = performance.now();
  await fill();
  const filled = performance.now();
  const left = engine.backlog('busy').runs;
  const grown = process.memoryUsage().rss - rss;
  const loaded = await single();
  console.log(
    `backlog  ${backlog} runs taken in ${((filled - begun) / 1000).toFixed(1)} s; ${left} of them wait, ${mb(grown)} MB`,
  );
  console.log(`floor    a single run on an idle runner:    ${describe(idle)}`);
  console.log(
    `waybill  beside the backlog of an account:  ${describe(loaded)}; ${engine.backlog('busy').runs} still wait`,
  );
} finally {
  await engine.stop(1000);
  await store.close();
  rmSync(folder, { recursive: true });
}

/** Takes the backlog, many at a time as webhooks come. */
async function fill(): Promise<void> {
  for (let count = 0; count < backlog; count += 1000)
    await Promise.all(Array.from({ length: Math.min(1000, backlog - count) }, () => start(busy)));
}

/** Milliseconds that each of some runs of the quiet account took from its acceptance to its end, in order. */
async function single(): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < SINGLE_RUNS; count++) {
    const begun = performance.now();
    await engine.finished((await start(quiet)).id);
    times.push(performance.now() - begun);
  }
  return times.toSorted((left, right) => left - right);
}

function start({ plan, digest }: NamedPlan): ReturnType<EmbeddedEngine['start']> {
  return engine.start({ account: plan.account, automation: plan.automation, plan: digest, trigger: { body: {} } });
}

function describe(times: readonly number[]): string {
  const at = (part: number): string => `${(times[Math.floor(times.length * part)] ?? 0).toFixed(1)} ms`;
  return `p50 ${at(0.5)}, p99 ${at(0.99)}`;
}

function mb(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}

/** One call, and what it gave is saved. */
function planOf(account: string): NamedPlan {
  const open = { type: 'object' };
  const common = { kind: 'action' as const, mappings: [], timeout_ms: 5000, retry: { attempts: 3 } };
  const steps: Plan['steps'] = [
    { ...common, id: 'call', connector: 'service', action: 'call', effect: 'read', with: {} },
    {
      ...common,
      id: 'save',
      connector: 'storage',
      action: 'set',
      effect: 'idempotent',
      with: { key: 'last', value: '${{ steps.call }}' },
    },
  ];
  return namePlan({
    format: 1,
    account,
    automation: 'one',
    name: 'One',
    context: { name: account, timezone: 'UTC', locale: 'en-US', region: 'US', currency: 'USD' },
    trigger: { kind: 'webhook', body: open, verify: 'none', respond: 'accepted' },
    steps,
    connections: {},
    connectors: {
      service: { title: 'Service', version: '1.0.0', actions: { call: { effect: 'read', input: open, output: open } } },
      storage: {
        title: 'Storage',
        version: '1.0.0',
        actions: { set: { effect: 'idempotent', input: open, output: open, native: 'storage' } },
      },
    },
  });
}
