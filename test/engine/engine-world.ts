import assert from 'node:assert/strict';
import type { ActionCaller } from '../../src/connectors/action-call.ts';
import { EmbeddedEngine } from '../../src/engine/embedded/embedded-engine.ts';
import { preparePlan } from '../../src/engine/prepared-plan.ts';
import { traceRun, type TracedStep } from '../../src/engine/trace.ts';
import type { Plan } from '../../src/generated/plan.ts';
import type { Json } from '../../src/json/value.ts';
import type { RunRecord } from '../../src/run/records.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Sealing } from '../../src/store/sealing.ts';
import type { Store } from '../../src/store/store.ts';
import { startTimeout } from '../../src/engine/timeout.ts';
import { compileAutomations, deploy } from '../compiler/compile-text.ts';
import { newFolder } from '../store/sample-store.ts';

/** Automations of one account on the real store, through any number of engines. */
export class EngineWorld {
  store: Store;
  engine: EmbeddedEngine;
  /** What services were sent. */
  readonly calls: Json[] = [];
  /** What the engine was told of that cannot be laid to a run. */
  troubles: (error: unknown) => void = (error) => assert.fail(String(error));
  answer: ActionCaller['call'] = () => Promise.resolve({ ok: true, output: { status: 200, headers: {}, body: 'ok' } });
  private readonly folder = newFolder();
  private readonly slots: number;
  private readonly sealing: Sealing | undefined;
  private plans = new Map<string, string>();

  private constructor(slots: number, sealing: Sealing | undefined) {
    this.slots = slots;
    this.sealing = sealing;
    this.store = this.openStore();
    this.engine = this.newEngine();
  }

  /** `change` changes the plans before they are deployed. */
  static async of(
    automations: { [name: string]: object },
    slots = 10,
    change: (plan: Plan) => void = () => undefined,
    sealing?: Sealing,
  ): Promise<EngineWorld> {
    const world = new EngineWorld(slots, sealing);
    const { diagnostics, plans } = compileAutomations(automations);
    assert.deepEqual(diagnostics, []);
    for (const plan of plans) change(plan);
    world.plans = await deploy(world.store, plans);
    return world;
  }

  start(automation: string, body: Json, account = 'acme'): Promise<RunRecord> {
    const plan = this.plans.get(automation) ?? '';
    return this.engine.start({ account, automation, plan, trigger: { body } });
  }

  /** The run when it has ended. */
  async ended({ id }: RunRecord): Promise<RunRecord> {
    return this.engine.finished(id);
  }

  /** Stops the engine and goes on with another one, as a new process does. */
  async restart(): Promise<void> {
    await this.close();
    this.store = this.openStore();
    this.engine = this.newEngine();
    this.engine.resume();
  }

  async close(): Promise<void> {
    await this.engine.stop(0);
    await this.store.close();
  }

  /** The run as it went, with the steps of a page. */
  async trace({ id, plan: digest }: RunRecord, page = ''): Promise<TracedStep[]> {
    const run = this.store.runs.get(id) ?? assert.fail();
    const plan = JSON.parse(this.store.deployments.plan(digest) ?? '') as Plan;
    const attempts = [...this.store.runs.attempts(id), ...(page === '' ? [] : this.store.runs.attempts(id, page))];
    return traceRun(preparePlan(plan), run, attempts);
  }

  stored(key: string): Json | undefined {
    return this.store.storage.get('acme', key)?.value;
  }

  private openStore(): Store {
    return openSqliteStore(this.folder, this.sealing === undefined ? {} : { sealing: this.sealing });
  }

  private newEngine(): EmbeddedEngine {
    const call: ActionCaller['call'] = (one) => {
      this.calls.push(one.input);
      return this.answer(one);
    };
    return new EmbeddedEngine({
      store: this.store,
      services: {
        caller: { call },
        credentials: { credential: () => Promise.reject(new Error('none')) },
        random: () => 0,
        timeout: startTimeout,
      },
      now: Date.now,
      maxConcurrentRuns: this.slots,
      onError: (error) => this.troubles(error),
    });
  }
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Adds one to what is stored under the key. */
export function count(id: string, key: string): object {
  return { id, uses: 'storage.increment', with: { key, by: 1 } };
}
