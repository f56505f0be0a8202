import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AttemptCall, Durable, PageCall, TimedCall, TimedEnd } from '../../src/engine/durable.ts';
import { interpretPlan } from '../../src/engine/interpret.ts';
import { preparePlan } from '../../src/engine/prepared-plan.ts';
import type { Json, JsonObject } from '../../src/json/value.ts';
import type { Outcome } from '../../src/run/failure.ts';
import { startTimeout } from '../../src/engine/timeout.ts';
import { automationOf, compileAutomation } from './compile-text.ts';

/** What may happen at run time although an automation compiles: what only arithmetic and bounds bring about. */
const ALLOWED = /division_by_zero|number_overflow|too_many_steps|too_large/;

const BODY = {
  type: 'object',
  required: ['kind', 'list', 'choice'],
  additionalProperties: false,
  properties: {
    kind: { enum: ['a', 'b'] },
    text: { type: 'string' },
    nil: { type: ['string', 'null'] },
    flag: { type: 'boolean' },
    list: {
      type: 'array',
      items: { type: 'object', required: ['id'], properties: { id: { type: 'string' }, n: { type: 'integer' } } },
    },
    choice: {
      oneOf: [
        {
          type: 'object',
          required: ['t', 'x'],
          additionalProperties: false,
          properties: { t: { const: 'x' }, x: { type: 'string' } },
        },
        {
          type: 'object',
          required: ['t', 'y'],
          additionalProperties: false,
          properties: { t: { const: 'y' }, y: { type: 'string' } },
        },
      ],
    },
  },
};
const body: fc.Arbitrary<JsonObject> = fc.record(
  {
    kind: fc.constantFrom('a', 'b'),
    text: fc.string(),
    nil: fc.oneof(fc.string(), fc.constant(null)),
    flag: fc.boolean(),
    list: fc.array(fc.record({ id: fc.string(), n: fc.nat() }, { requiredKeys: ['id'] }), { maxLength: 2 }),
    choice: fc.oneof(
      fc.record({ t: fc.constant('x'), x: fc.string() }),
      fc.record({ t: fc.constant('y'), y: fc.string() }),
    ),
  },
  { requiredKeys: ['kind', 'list', 'choice'] },
);

const IDS = ['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7'];
const text = fc.oneof(
  fc.constantFrom(
    'trigger.body.text',
    'trigger.body.nil',
    'trigger.body.kind',
    'trigger.body.choice.x',
    'trigger.body.choice?.y',
    "'x'",
    'item.id',
    'item?.id',
    'error.message',
    "trigger.body.text ?? 'none'",
    "trigger.body.nil ?? 'none'",
  ),
  fc
    .tuple(fc.constantFrom(...IDS), fc.constantFrom('.v', '?.v', '', "?.v ?? 'none'", '.value', '?.value'))
    .map((parts) => `steps.${parts.join('')}`),
);
const condition = fc.oneof(
  fc
    .tuple(text, fc.constantFrom('===', '!=='), fc.constantFrom('undefined', 'null', "'a'", "'x'"))
    .map((parts) => parts.join(' ')),
  fc.constantFrom(
    'trigger.body.flag',
    '1 / trigger.body.list.length > 0',
    'trigger.body.flag ?? false',
    "trigger.body.choice.t === 'x'",
    "trigger.body.choice.t === 'y'",
  ),
);
const { condition: conditions } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2 },
    condition,
    fc.tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition')).map(([l, o, r]) => `(${l}) ${o} (${r})`),
    tie('condition').map((inner) => `!(${inner})`),
  ),
}));
const whole = (inner: string): string => `\${{ ${inner} }}`;

/** Steps without ids; they get theirs in the order of the file. */
const { steps } = fc.letrec<{ step: JsonObject; steps: JsonObject[] }>((tie) => ({
  step: fc
    .tuple(
      fc.oneof(
        { maxDepth: 2, depthIdentifier: 'step' },
        text.map((value): JsonObject => ({ set: { v: whole(value) } })),
        text.map((value): JsonObject => ({ uses: 'storage.get', with: { key: whole(value) } })),
        fc.constantFrom<JsonObject>({ stop: true }, { fail: 'no' }),
        fc.record({
          for_each: fc.constantFrom('${{ trigger.body.list }}', "${{ ['x'] }}"),
          steps: tie('steps'),
          output: text.map(whole),
          parallel: fc.constantFrom(1, 2),
        }),
        fc.record(
          {
            switch: fc.array(fc.record({ if: conditions.map(whole), steps: tie('steps'), output: text.map(whole) }), {
              minLength: 1,
              maxLength: 2,
            }),
            else: fc.record({ steps: tie('steps'), output: text.map(whole) }),
          },
          { requiredKeys: ['switch'] },
        ),
        fc.record({
          branches: fc.record({
            l: fc.record({ steps: tie('steps') }),
            r: fc.record({ steps: tie('steps'), output: text.map(whole) }),
          }),
        }),
      ),
      fc.option(conditions.map(whole), { nil: undefined, freq: 2 }),
      fc.option(fc.oneof(fc.constant('continue'), tie('steps')), { nil: undefined, freq: 3 }),
    )
    .map(([kind, when, handler]) => {
      const ends = 'stop' in kind || 'fail' in kind;
      return {
        ...kind,
        ...(when === undefined ? {} : { if: when }),
        ...(handler === undefined || ends ? {} : { on_error: handler }),
      };
    }),
  steps: fc.array(tie('step'), { minLength: 1, maxLength: 3, depthIdentifier: 'step' }),
}));

function withIds(nodes: Json, next: { id: number }): Json {
  if (Array.isArray(nodes)) return nodes.map((node) => withIds(node, next));
  if (typeof nodes !== 'object' || nodes === null) return nodes;
  const isStep = ['set', 'uses', 'stop', 'fail', 'for_each', 'switch', 'branches'].some((key) =>
    Object.hasOwn(nodes, key),
  );
  const own = isStep ? { id: `s${next.id++}` } : {};
  return { ...own, ...Object.fromEntries(Object.entries(nodes).map(([key, value]) => [key, withIds(value, next)])) };
}

/** Storage that fails, finds nothing or finds a text, as the run's luck has it. */
class Luck implements Durable {
  private readonly outcomes: Outcome[];
  private calls = 0;

  constructor(outcomes: Outcome[]) {
    this.outcomes = outcomes;
  }

  attempt(_call: AttemptCall): Promise<Outcome> {
    return this.storage();
  }

  wait(): Promise<Outcome> {
    return this.storage();
  }

  call(): Promise<Outcome> {
    return this.storage();
  }

  storage(): Promise<Outcome> {
    return Promise.resolve(
      this.outcomes[this.calls++ % this.outcomes.length] ?? { ok: true, output: { found: false } },
    );
  }

  sleep(): Promise<void> {
    return Promise.resolve();
  }

  page({ perform }: PageCall): Promise<Outcome | undefined> {
    return perform(this);
  }

  async timed<T>({ perform }: TimedCall<T>): Promise<TimedEnd<T>> {
    return { inTime: true, value: await perform(this) };
  }
}

const outcome: fc.Arbitrary<Outcome> = fc.constantFrom<Outcome>(
  { ok: false, failure: { class: 'permanent', code: 'http_status', message: 'no' } },
  { ok: true, output: { found: false } },
  { ok: true, output: { found: true, value: 'v' } },
);

test('an automation that compiles has a value for each mapping on every way', async (context) => {
  let [compiled, ran, ended] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(
      steps,
      fc.array(body, { minLength: 3, maxLength: 3 }),
      fc.array(outcome, { minLength: 1, maxLength: 4 }),
      async (tree, bodies, outcomes) => {
        const { plans } = compileAutomation(automationOf(withIds(tree, { id: 0 }) as object[], BODY));
        const [plan] = plans;
        if (plan === undefined) return;
        compiled++;
        const prepared = preparePlan(plan);
        for (const one of bodies) {
          const run = {
            id: 'r',
            account: 'acme',
            automation: 'example',
            plan: '',
            status: 'queued',
            trigger: { body: one },
            createdAt: 0,
          } as const;
          const services = {
            caller: { call: () => assert.fail() },
            credentials: { credential: () => assert.fail() },
            random: () => 0,
            timeout: startTimeout,
          };
          const result = await interpretPlan(prepared, run, new Luck(outcomes), services);
          ran++;
          if (result.status === 'succeeded') ended++;
          else if (result.failure.code === 'mapping_failed') assert.match(result.failure.message, ALLOWED);
        }
      },
    ),
    { numRuns: Number(process.env['WAYBILL_SOUNDNESS_RUNS'] ?? 1500) },
  );
  context.diagnostic(`${compiled} automations compiled; of ${ran} runs ${ended} succeeded`);
  assert.ok(compiled > 50);
});
