import type { ActionStep, Plan, PlanBlock, PlanStep } from '../../src/generated/plan.ts';
import type { Json, JsonObject } from '../../src/json/value.ts';
import { firstItems } from '../../src/run/page.ts';
import { namePlan, type NamedPlan } from '../../src/plan/digest.ts';
import type { Random } from './random.ts';

/** Attempts of each step. */
export const ATTEMPTS = 3;
/** Milliseconds for which the service knows a key. */
const KEY_LIFETIME = '1h';

/** Milliseconds that no step with something to wait for keeps to; the others are never over. */
export const TOO_SHORT_MS = 60_000;
const LONG_MS = 365 * 24 * 3_600_000;
/** Milliseconds: far beyond it, wherever the clock jumps. */
const BEYOND_MS = 10 * 24 * 3_600_000;

const OPEN = { type: 'object' };
const RETRY = { attempts: ATTEMPTS };
const CONTEXT = { name: 'Acme', timezone: 'UTC', locale: 'en-US', region: 'US', currency: 'USD' };

/** Plans of one account that call one another: each calls those before it. `longLoops`: how many loops have pages. */
export function randomPlans(random: Random, account: string, longLoops: number): NamedPlan[] {
  const plans: NamedPlan[] = [];
  for (let count = random.between(1, 3); plans.length < count;)
    plans.push(new Draft(random, account, [...plans], count - 1, longLoops).plan(`automation-${plans.length}`));
  return plans;
}

const JOURNALED: ReadonlySet<PlanStep['kind']> = new Set(['action', 'call']);

interface Place {
  /** What stands before a step's id in its path, as a template. */
  prefix: string;
  depth: number;
  /** Steps before, whose outputs it reads. */
  seen: Seen[];
}

interface Seen {
  id: string;
  /** Its path, as a template; empty where nothing is journaled of it. */
  path: string;
}

class Draft {
  private readonly random: Random;
  private readonly account: string;
  private readonly callable: NamedPlan[];
  /** How many the last plan can call: that one is called by none. */
  private readonly last: number;
  private readonly longLoops: number;
  private steps = 0;

  constructor(random: Random, account: string, callable: NamedPlan[], last: number, longLoops: number) {
    this.random = random;
    this.account = account;
    this.callable = callable;
    this.last = last;
    this.longLoops = longLoops;
  }

  plan(automation: string): NamedPlan {
    const { steps, output } = this.block({ prefix: '', depth: 0, seen: [] });
    const { random } = this;
    const concurrency = random.chance(0.5) ? { concurrency: this.concurrency() } : {};
    return namePlan({
      format: 1,
      account: this.account,
      automation,
      name: automation,
      context: CONTEXT,
      trigger: { kind: 'manual', input: OPEN },
      ...concurrency,
      steps,
      ...(output === undefined ? {} : { output }),
      connections: {},
      connectors: {
        ledger: {
          title: 'Ledger',
          version: '1.0.0',
          limits: {
            ...(random.chance(0.3) ? { concurrency: random.between(1, 3) } : {}),
            ...(random.chance(0.3) ? { requests: [{ count: random.between(1, 5), period: '10s' }] } : {}),
          },
          actions: {
            read: { effect: 'read', input: OPEN, output: OPEN },
            put: { effect: 'idempotent', input: OPEN, output: OPEN },
            plain: { effect: 'write', input: OPEN, output: OPEN },
            keyed: {
              effect: 'write',
              input: OPEN,
              output: OPEN,
              idempotency: { header: 'Idempotency-Key', lifetime: KEY_LIFETIME },
            },
          },
        },
        storage: {
          title: 'Storage',
          version: '1.0.0',
          actions: {
            set: { effect: 'idempotent', input: OPEN, output: OPEN, native: 'storage' },
            increment: { effect: 'write', input: OPEN, output: OPEN, native: 'storage' },
          },
        },
      },
    });
  }

  /** A skipped or replaced run would make another one of its caller, so there they wait. */
  private concurrency(): NonNullable<Plan['concurrency']> {
    const { random } = this;
    const called = this.callable.length < this.last;
    const policy = called ? 'queue' : random.pick(['queue', 'skip', 'cancel_running'] as const);
    return { limit: random.between(1, 2), policy };
  }

  private block(place: Place): PlanBlock & { output: Json } {
    const seen = [...place.seen];
    const steps: PlanStep[] = [];
    const own: string[] = [];
    for (let count = this.random.between(1, place.depth === 0 ? 5 : 3); count > 0; count--) {
      const step = this.step({ ...place, seen });
      steps.push(step);
      // A wait that does not expire gives the same each time, and nothing but that it came.
      if ((step.kind === 'wait' && step.on_error === undefined) || step.kind === 'stop' || step.kind === 'fail')
        continue;
      seen.push({ id: step.id, path: JOURNALED.has(step.kind) ? place.prefix + step.id : '' });
      own.push(step.id);
    }
    const output = Object.fromEntries(own.map((id) => [id, `\${{ steps.${id} ?? null }}`]));
    return { steps, output, mappings: [] };
  }

  private step(place: Place): PlanStep {
    const { random } = this;
    const id = `s${++this.steps}`;
    const condition = random.chance(0.2) ? { if: this.condition(place) } : {};
    const step = this.body(id, place);
    if (step.kind === 'fail' || step.kind === 'stop') return { ...step, if: this.condition(place) };
    if (step.kind === 'wait' || !random.chance(0.3)) return { ...step, ...condition };
    return { ...step, ...condition, on_error: [this.action(`s${++this.steps}`, place)] };
  }

  private body(id: string, place: Place): PlanStep {
    const { random } = this;
    const [callee] = this.callable;
    const kinds = ['action', 'action', 'action', 'storage', 'set', 'wait', 'end'] as const;
    const nested =
      place.depth < 2 ? (['switch', 'for_each', 'for_each', 'branches', 'call', 'late', 'tried'] as const) : [];
    switch (random.pick(['action', ...kinds, ...nested])) {
      case 'storage':
        return this.storage(id, place);
      case 'set':
        return { kind: 'set', id, set: { read: this.reads(place) }, mappings: [] };
      case 'wait':
        return this.wait(id, place);
      case 'end':
        if (random.chance(0.5)) return { kind: 'fail', id, message: 'enough' };
        return { kind: 'stop', id, output: { stopped: id }, mappings: [] };
      case 'switch':
        return {
          kind: 'switch',
          id,
          arms: [{ if: this.condition(place), block: this.within(place) }, { block: this.within(place) }],
          ...this.time(),
        };
      case 'for_each': {
        const index = `i${this.steps}`;
        const inner = { ...place, prefix: `${place.prefix}${id}[\${{ ${index} }}].` };
        const long = random.chance(this.longLoops);
        const items = Array.from(
          { length: long ? this.longLength(place) : random.between(0, 5) },
          (_, item) => item * 7,
        );
        return {
          kind: 'for_each',
          id,
          items: `\${{ [${items.join(', ')}] }}`,
          as: `item${this.steps}`,
          index,
          parallel: random.between(1, 3),
          ...(random.chance(0.5) ? { on_item_error: 'collect' as const } : {}),
          block: long ? this.short(inner, `\${{ ${index} >= ${firstItems(place.prefix) - 2} }}`) : this.within(inner),
          ...this.time(),
        };
      }
      case 'branches':
        return {
          kind: 'branches',
          id,
          branches: { left: this.within(place), right: this.within(place) },
          ...this.time(),
        };
      case 'late':
        return this.late(id, place);
      case 'tried':
        if (callee !== undefined && random.chance(0.5)) return this.tried(id, place, callee);
        break;
      case 'call':
        if (callee !== undefined) return this.call(id, place, random.pick([callee, ...this.callable]));
    }
    return this.action(id, place);
  }

  /** What it does, it does; and then it waits for longer than its time. */
  private late(id: string, place: Place): PlanStep {
    const wait = { kind: 'duration' as const, for_ms: BEYOND_MS };
    const right = { steps: [{ kind: 'wait' as const, id: `s${++this.steps}`, wait, mappings: [] }], mappings: [] };
    return { kind: 'branches', id, branches: { left: this.within(place), right }, timeout_ms: TOO_SHORT_MS };
  }

  /** What a called run does is told apart from what another one does: in it, whatever is done again shows. */
  private tried(id: string, place: Place, callee: NamedPlan): PlanStep {
    const { random } = this;
    const retry = { attempts: random.between(1, 3) };
    const index = `i${this.steps}`;
    const isLoop = random.chance(0.5);
    const prefix = isLoop ? `${place.prefix}${id}[\${{ ${index} }}].` : place.prefix;
    const call = this.call(`s${++this.steps}`, { ...place, prefix }, callee);
    const fail: PlanStep = { kind: 'fail', id: `s${++this.steps}`, if: this.condition(place), message: 'once more' };
    const block = { steps: random.chance(0.5) ? [call, fail] : [call], mappings: [] };
    if (!isLoop) return { kind: 'branches', id, branches: { only: block }, retry, ...this.time() };
    // Beyond what has no page, where that are few: each is a run.
    const long = place.prefix !== '' && random.chance(0.1);
    const items = (long ? firstItems(place.prefix) : 0) + random.between(1, 3);
    const list = `\${{ [${Array.from({ length: items }, (_, item) => item).join(', ')}] }}`;
    const names = { as: `item${this.steps}`, index };
    return { kind: 'for_each', id, items: list, ...names, parallel: 2, block, retry, ...this.time() };
  }

  private time(): { timeout_ms?: number } {
    return this.random.chance(0.2) ? { timeout_ms: LONG_MS } : {};
  }

  /** Longer than what has no page. */
  private longLength(place: Place): number {
    return firstItems(place.prefix) + this.random.between(1, 10);
  }

  /** A block whose steps are soon done, for many items: `last` tells those for which a service is called too. */
  private short(place: Place, last: string): PlanBlock {
    const action = this.random.chance(0.7) ? [{ ...this.action(`s${++this.steps}`, place), if: last }] : [];
    return { steps: [this.storage(`s${++this.steps}`, place), ...action], mappings: [] };
  }

  private within(place: Place): PlanBlock {
    return this.block({ ...place, depth: place.depth + 1 });
  }

  private action(id: string, place: Place): ActionStep {
    const { random } = this;
    const action = random.pick(['read', 'put', 'plain', 'plain', 'keyed']);
    const effect = action === 'read' ? 'read' : action === 'put' ? 'idempotent' : 'write';
    return {
      kind: 'action',
      id,
      connector: 'ledger',
      action,
      effect,
      with: this.input(id, place),
      mappings: [],
      timeout_ms: 5000,
      retry: RETRY,
    };
  }

  private storage(id: string, place: Place): ActionStep {
    const action = this.random.pick(['set', 'increment']);
    // What is counted twice shows: nothing else has this key.
    const key = `\${{ run.id }} ${place.prefix}${id}`;
    return {
      kind: 'action',
      id,
      connector: 'storage',
      action,
      effect: action === 'set' ? 'idempotent' : 'write',
      with: action === 'set' ? { key, value: this.reads(place) } : { key, by: 1 },
      mappings: [],
      timeout_ms: 5000,
      retry: RETRY,
    };
  }

  private call(id: string, place: Place, { plan, digest }: { plan: Plan; digest: string }): PlanStep {
    const waits = this.random.chance(0.7);
    return {
      kind: 'call',
      id,
      automation: plan.automation,
      plan: digest,
      input: OPEN,
      with: this.input(id, place),
      mappings: [],
      wait_for_end: waits,
      ...(waits && this.random.chance(0.3) ? { retry: { attempts: this.random.between(2, 3) } } : {}),
    };
  }

  /** What expires is handled: its message has an instant in it, which is another one each time. */
  private wait(id: string, place: Place): PlanStep {
    const { random } = this;
    const common = { kind: 'wait' as const, id, mappings: [] };
    switch (random.between(0, 2)) {
      case 0:
        return { ...common, wait: { kind: 'duration', for_ms: random.pick([0, 50, 5000, 600_000]) } };
      case 1:
        return { ...common, wait: { kind: 'event', payload: OPEN } };
      default:
        return {
          ...common,
          wait: { kind: 'event', payload: OPEN, expires_ms: random.pick([20, 90_000]) },
          on_error: [this.action(`s${++this.steps}`, place)],
        };
    }
  }

  private condition(place: Place): string {
    const [first] = place.seen;
    if (first === undefined) return `\${{ ${this.random.chance(0.5)} }}`;
    const { id } = this.random.pick([first, ...place.seen]);
    return `\${{ (steps.${id}?.value ?? 0) < ${this.random.between(0, 99)} }}`;
  }

  private input(id: string, place: Place): JsonObject {
    return { run: '${{ run.id }}', place: place.prefix + id, given: '${{ trigger.input }}', read: this.reads(place) };
  }

  private reads({ seen }: Place): Json[] {
    const read = seen.filter(() => this.random.chance(0.5));
    return read.map(({ id, path }) => ({ step: path, value: `\${{ steps.${id} ?? null }}` }));
  }
}
