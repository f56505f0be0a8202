import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainRun, type Explanation } from '../../src/authoring/explain/explain-run.ts';
import { EmbeddedEngine } from '../../src/engine/embedded/embedded-engine.ts';
import { preparePlan } from '../../src/engine/prepared-plan.ts';
import { traceRun } from '../../src/engine/trace.ts';
import type { Json } from '../../src/json/value.ts';
import { namePlan } from '../../src/plan/digest.ts';
import type { Outcome } from '../../src/run/failure.ts';
import { startTimeout } from '../../src/engine/timeout.ts';
import { automationOf, compileAutomation } from '../compiler/compile-text.ts';
import { newStore } from '../store/sample-store.ts';

const BODY = {
  type: 'object',
  properties: {
    text: { type: 'string' },
    kind: { type: 'string' },
    people: { type: 'array', items: { type: 'object', properties: { mail: { type: 'string' } } } },
  },
};

const ACCOUNT = { connections: { http: { connector: 'http', fields: { hosts: ['api.example.com'] } } } };

/** Compiles the steps, runs them on the embedded engine and a real store, and explains the run. */
async function explained(steps: object[], body: Json, answer?: Outcome): Promise<Explanation> {
  const { diagnostics, plans } = compileAutomation(automationOf(steps, BODY), ACCOUNT);
  assert.deepEqual(diagnostics, []);
  const [compiled] = plans;
  assert.ok(compiled !== undefined);
  const { plan, digest, text } = namePlan(compiled);
  const { account, automation } = plan;
  const store = await newStore();
  await store.deployments.activate('/', 0, [{ account, automation, plan: digest }], new Map([[digest, text]]));
  const services = {
    caller: { call: () => (answer === undefined ? assert.fail() : Promise.resolve(answer)) },
    credentials: { credential: () => Promise.reject(new Error('there is none')) },
    random: () => 0,
    timeout: startTimeout,
  };
  const engine = new EmbeddedEngine({ store, services, now: Date.now, maxConcurrentRuns: 10, onError: failTest });
  const { id } = await engine.start({ account, automation, plan: digest, trigger: { body } });
  const run = await engine.finished(id);
  return explainRun(plan, run, await traceRun(preparePlan(plan), run, store.runs.attempts(id)));
}

function failTest(error: unknown): void {
  assert.fail(String(error));
}

function put(id: string, value: string, more: object = {}): object {
  return { id, uses: 'storage.set', with: { key: id, value }, ...more };
}

function answered(status: number): Outcome {
  const message = `HTTP answered ${status}`;
  return { ok: false, failure: { class: 'permanent', code: 'http_status', message, status, details: { error: 'no' } } };
}

test('an empty field is traced to what came in, and names what came in its place', async () => {
  const { headline, findings } = await explained([put('save', "${{ trigger.body.text ?? '' }}")], { message: 'Hi' });
  assert.equal(headline, 'acme/example succeeded');
  assert.deepEqual(findings, [
    {
      step: 'save',
      what: "`value` of step `save` was empty: ${{ trigger.body.text ?? '' }}",
      because: ['the body has `message`, not `text`'],
      edit: ['read `trigger.body.message` in place of `trigger.body.text`'],
    },
  ]);
});

test('an empty field is traced through the steps between', async () => {
  const steps = [
    { id: 'read', set: { line: "${{ (trigger.body.text ?? '').trim() }}" } },
    { id: 'shape', set: { upper: '${{ steps.read.line.toUpperCase() }}' } },
    put('save', '${{ steps.shape.upper }}'),
  ];
  const { findings } = await explained(steps, { text: '   ', kind: 'x' });
  assert.deepEqual(
    findings.map(({ step }) => step),
    ['read', 'shape', 'save'],
  );
  assert.deepEqual(findings[2]?.because, [
    '`steps.shape.upper` is set to ${{ steps.read.line.toUpperCase() }}',
    "`steps.read.line` is set to ${{ (trigger.body.text ?? '').trim() }}",
    '`trigger.body.text` was "   "',
  ]);
});

test('a step that was left out says what its condition read, and so do those that wanted its output', async () => {
  const steps = [
    { id: 'lead', if: "${{ trigger.body.kind === 'lead' }}", set: { name: 'A' } },
    put('save', "${{ steps.lead?.name ?? '' }}"),
  ];
  const { findings } = await explained(steps, { kind: 'order' });
  assert.deepEqual(findings[0], {
    step: 'lead',
    what: 'step `lead` was left out',
    because: ["its condition was false: ${{ trigger.body.kind === 'lead' }}", '`trigger.body.kind` was "order"'],
    edit: [],
  });
  assert.deepEqual(findings[1]?.because.slice(0, 2), [
    'step `lead` was not done',
    "its condition was false: ${{ trigger.body.kind === 'lead' }}",
  ]);
});

test('in a loop the turn and its item are named', async () => {
  const loop = {
    id: 'each',
    for_each: '${{ trigger.body.people ?? [] }}',
    as: 'person',
    steps: [put('mail', "${{ person.mail ?? '' }}")],
  };
  const { findings } = await explained([loop], { people: [{ mail: 'a@example.com' }, { email: 'b@example.com' }] });
  assert.deepEqual(
    findings.map(({ step, because, edit }) => ({ step, because, edit })),
    [
      {
        step: 'each[1].mail',
        because: ['`person` has `email`, not `mail`'],
        edit: ['read `person.email` in place of `person.mail`'],
      },
    ],
  );
});

test('a value that cannot be computed is explained by what its mapping read', async () => {
  const { headline, findings } = await explained(
    [put('save', "${{ number.parse(trigger.body.text ?? '', 'en-US') }}")],
    {},
  );
  assert.equal(headline, 'acme/example failed at step `save`');
  assert.match(findings[0]?.what ?? '', /the mapping `value` has no value/);
  assert.deepEqual(findings[0]?.because, ['the body is empty: it has no `text`']);
});

test('each kind of refusal has its own advice', async () => {
  const fetched = [
    { id: 'get', uses: 'http.get', with: { url: 'https://api.example.com/${{ trigger.body.kind ?? 1 }}' } },
  ];
  const advice = async (status: number): Promise<string> => {
    const { findings } = await explained(fetched, { kind: 'a' }, answered(status));
    assert.deepEqual(findings[0]?.because, ['the service answered {"error":"no"}']);
    return findings[0]?.edit[0] ?? '';
  };
  assert.match(await advice(401), /is the key still there/);
  assert.match(await advice(403), /may the key do this/);
  assert.match(await advice(404), /look at the ids/);
  assert.match(await advice(422), /the words of the service/);
  assert.match(await advice(503), /status page/);
});

test('a failure that was handled is told, also where the steps that handled it ended the run', async () => {
  const refused: Outcome = {
    ok: false,
    failure: { class: 'permanent', code: 'http_status', message: 'There is no such page.' },
  };
  const get = { id: 'get', uses: 'http.get', with: { url: 'https://api.example.com/a' } };
  const on = await explained([{ ...get, on_error: 'continue' }], {}, refused);
  assert.equal(on.findings[0]?.what, 'step `get` failed, and the run went on: There is no such page.');
  const ended = await explained([{ ...get, on_error: [{ id: 'gone', stop: true }] }], {}, refused);
  assert.equal(ended.headline, 'acme/example succeeded');
  assert.equal(ended.findings[0]?.what, 'step `get` failed, and its `on_error` ended the run: There is no such page.');
});

test('a run in which nothing was empty has nothing to explain', async () => {
  const { headline, findings } = await explained([put('save', '${{ trigger.body.kind ?? 1 }}')], { kind: 'a' });
  assert.deepEqual([headline, findings], ['acme/example succeeded, and no value was empty', []]);
});
