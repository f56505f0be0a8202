/**
 * How much memory runs take that wait for their turn: 200 are under way and come to no end, all others wait on disk.
 * Usage: node --expose-gc bench/queued.ts [runs that wait, 100000]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedEngine } from '../src/engine/embedded/embedded-engine.ts';
import { startTimeout } from '../src/engine/timeout.ts';
import { namePlan } from '../src/plan/digest.ts';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { loopPlan } from './loop-plan.ts';
import { processUsage } from './process-usage.ts';

const COUNT = Number(process.argv[2] ?? 100_000);
const UNDER_WAY = 200;
/** Senders at a time. */
const AT_ONCE = 100;
/** Two kilobytes a run. */
const ITEMS = [{ id: 1, note: 'x'.repeat(2000) }];

const folder = mkdtempSync(join(tmpdir(), 'waybill-queued-'));
const store = openSqliteStore(folder);
const { plan, digest, text } = namePlan(loopPlan(1));
const { account, automation } = plan;
await store.deployments.activate('bench', 0, [{ account, automation, plan: digest }], new Map([[digest, text]]));
const engine = new EmbeddedEngine({
  store,
  services: {
    caller: {
      call: ({ signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    },
    credentials: { credential: () => Promise.reject(new Error('there are none')) },
    random: Math.random,
    timeout: startTimeout,
  },
  now: Date.now,
  maxConcurrentRuns: UNDER_WAY,
  onError: () => undefined,
});

const before = measure();
const begun = performance.now();
let left = COUNT + UNDER_WAY;
const send = async (): Promise<void> => {
  while (left-- > 0) await engine.start({ account, automation, plan: digest, trigger: { body: { items: ITEMS } } });
};
await Promise.all(Array.from({ length: AT_ONCE }, send));
const seconds = (performance.now() - begun) / 1000;
const peak = measure();
globalThis.gc?.();
const after = measure();
console.log(JSON.stringify({ waiting: engine.backlog(account).runs, seconds, before, peak, after }));
// What is under way comes to no end, and need not.
rmSync(folder, { recursive: true });
process.exit();

/** MiB. */
function measure(): { residentMiB: number; liveMiB: number } {
  const { heapUsed, external } = process.memoryUsage();
  return {
    residentMiB: Math.round(processUsage(process.pid).memoryMiB),
    liveMiB: Math.round((heapUsed + external) / 2 ** 20),
  };
}
