/** Goes through a long loop: with the engine, or, as the floor, with the calls alone. Tells of each hundredth of it. */
import { Pool } from 'undici';
import { EmbeddedEngine } from '../src/engine/embedded/embedded-engine.ts';
import { preparePlan } from '../src/engine/prepared-plan.ts';
import { traceRun } from '../src/engine/trace.ts';
import type { Plan } from '../src/generated/plan.ts';
import { namePlan } from '../src/plan/digest.ts';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { startTimeout } from '../src/engine/timeout.ts';
import { processUsage } from './process-usage.ts';
import { loopPlan } from './loop-plan.ts';

const [who = '', folder = '', service = '', count = '0', parallel = '1'] = process.argv.slice(2);
const pool = new Pool(service, { connections: Number(parallel) });
const items = Array.from({ length: Number(count) }, (_, n) => ({ id: n, name: `customer ${n}`, note: 'x'.repeat(60) }));
let done = 0;

async function call(n: unknown): Promise<void> {
  const { body } = await pool.request({ path: `/${String(n)}`, method: 'POST' });
  await body.text();
}

/** Garbage of the start is none of the loop's. */
function settle(): void {
  tell({ event: 'base', heldMiB: held(), memoryMiB: processUsage(process.pid).memoryMiB });
}

/** What is live, in MiB. */
function held(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

function step(): void {
  done += 1;
  const part = done / (Number(count) / 100);
  if (!Number.isInteger(part)) return;
  const { memoryMiB } = processUsage(process.pid);
  tell({ event: 'part', done, memoryMiB, ...(part % 10 === 0 ? { heldMiB: held() } : {}) });
}

function tell(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

if (who === 'floor') {
  settle();
  let next = 0;
  const work = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      await call(item.id);
      step();
    }
  };
  await Promise.all(Array.from({ length: Number(parallel) }, work));
} else {
  const store = openSqliteStore(folder);
  const named = namePlan(loopPlan(Number(parallel)));
  const { plan, digest, text } = named;
  const engine = new EmbeddedEngine({
    store,
    services: {
      caller: {
        call: async ({ input }) => {
          await call((input as { body: { id: number } }).body.id);
          return { ok: true, output: { status: 200, headers: {}, body: 'ok' } };
        },
      },
      credentials: { credential: () => Promise.reject(new Error('none')) },
      random: () => 0,
      timeout: startTimeout,
    },
    now: Date.now,
    maxConcurrentRuns: 200,
    onError: (error) => console.error(error),
  });
  settle();
  engine.watch(({ kind }) => kind === 'attempt_finished' && step());
  const [going] = store.runs.list({ limit: 1 });
  if (going === undefined) {
    const { account, automation } = plan;
    await store.deployments.activate('bench', 0, [{ account, automation, plan: digest }], new Map([[digest, text]]));
    const run = await engine.start({
      account,
      automation,
      plan: digest,
      trigger: { body: { items: items.splice(0) } },
    });
    await engine.finished(run.id);
  } else {
    items.length = 0;
    engine.resume();
    await engine.finished(going.id);
  }
  await engine.stop(0);
  const [newest] = store.runs.list({ limit: 1 });
  const run = newest && store.runs.get(newest.id);
  if (run !== undefined) tell({ event: 'shown', status: run.status, ...(await timeToShow(plan, run)) });
  await store.close();

  async function timeToShow(shown: Plan, record: NonNullable<typeof run>): Promise<object> {
    const begun = performance.now();
    const own = store.runs.attempts(record.id);
    const steps = await traceRun(preparePlan(shown), record, own);
    const page = performance.now();
    const more = [...own, ...store.runs.attempts(record.id, 'each[50500-50999]')];
    await traceRun(preparePlan(shown), record, more);
    return { steps: steps.length, showMs: page - begun, pageMs: performance.now() - page };
  }
}
await pool.close();
tell({ event: 'end' });
