import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainRun, type Explanation } from '../../src/authoring/explain/explain-run.ts';
import { EmbeddedEngine } from '../../src/engine/embedded/embedded-engine.ts';
import { preparePlan } from '../../src/engine/prepared-plan.ts';
import { traceRun } from '../../src/engine/trace.ts';
import type { Json } from '../../src/json/value.ts';
import { namePlan } from '../../src/plan/digest.ts';
import type { Failure, Outcome } from '../../src/run/failure.ts';
import type { RunRecord, RunStatus } from '../../src/run/records.ts';
import type { Store } from '../../src/store/store.ts';
import type { Pause } from '../../src/authoring/explain/what-it-waits-for.ts';
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

const ACCOUNT = {
  connections: {
    http: { connector: 'http', fields: { hosts: ['api.example.com'] } },
    shop: { connector: 'shop' },
  },
};

const SHOP = {
  name: 'shop',
  title: 'Shop',
  version: '1.0.0',
  description: 'Sells.',
  connection: { fields: {}, base_url: 'https://shop.example.com', hosts: ['shop.example.com'] },
  answers: {
    errors: [{ status: [400], contains: ['no funds'], class: 'credential', help: 'pay at shop.example.com' }],
  },
  actions: {
    list: {
      title: 'List',
      description: 'Gives what there is.',
      effect: 'read',
      input: { type: 'object' },
      output: { type: 'object' },
      sample: {},
      request: { method: 'GET', path: '/' },
    },
  },
};

/** Compiles the steps, runs them on the embedded engine and a real store, and explains the run. */
async function explained(
  steps: object[],
  body: Json,
  answer?: Outcome,
  { output, until, pause }: { output?: object; until?: RunStatus; pause?: Pause } = {},
): Promise<Explanation> {
  const written = automationOf(steps, BODY, output === undefined ? {} : { output });
  const { diagnostics, plans } = compileAutomation(written, ACCOUNT, {
    'connectors/shop/connector.json': JSON.stringify(SHOP),
  });
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
  const run = until === undefined ? await engine.finished(id) : await atRest(store, id, until);
  if (until !== undefined) await engine.stop(0);
  return explainRun(plan, run, await traceRun(preparePlan(plan), run, store.runs.attempts(id)), pause);
}

async function atRest(store: Store, id: string, status: RunStatus): Promise<RunRecord> {
  for (;;) {
    const run = store.runs.get(id);
    if (run?.status === status) return run;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function failTest(error: unknown): void {
  assert.fail(String(error));
}

function put(id: string, value: string, more: object = {}): object {
  return { id, uses: 'storage.set', with: { key: id, value }, ...more };
}

function answered(status: number, more: Partial<Failure> = {}): Outcome {
  const message = `HTTP answered ${status}`;
  const failure = { class: 'permanent', code: 'http_status', message, status, details: { error: 'no' } } as const;
  return { ok: false, failure: { ...failure, ...more } };
}

const GET = { id: 'get', uses: 'http.get', with: { url: 'https://api.example.com/a' } };

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

async function firstEdit(body: Json): Promise<string | undefined> {
  return (await explained([put('save', "${{ trigger.body.text ?? '' }}")], body)).findings[0]?.edit[0];
}

test('what the schema of the body names is not taken for something else', async () => {
  assert.equal(
    await firstEdit({ kind: 'x', message: 'Hi' }),
    'read `trigger.body.message` in place of `trigger.body.text`',
  );
  assert.match((await firstEdit({ kind: 'x' })) ?? '', /^let the sender give it/);
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
  const on = await explained([{ ...GET, on_error: 'continue' }], {}, refused);
  assert.equal(on.findings[0]?.what, 'step `get` failed, and the run went on: There is no such page.');
  const ended = await explained([{ ...GET, on_error: [{ id: 'gone', stop: true }] }], {}, refused);
  assert.equal(ended.headline, 'acme/example succeeded');
  assert.equal(ended.findings[0]?.what, 'step `get` failed, and its `on_error` ended the run: There is no such page.');
});

test('a failure that was handled names its connection, and one of a called run that run', async () => {
  const on = await explained([{ ...GET, on_error: 'continue' }], {}, answered(401));
  assert.equal(on.findings[0]?.edit.at(-1), 'then give a new one: waybill connect acme http --web');
  const called = await explained([GET], {}, answered(401, { run: '0193' }));
  const [see, then] = called.findings[0]?.edit ?? [];
  assert.equal(see, 'see why the called run failed: waybill explain 0193');
  assert.match(then ?? '', /^then: waybill runs retry [-0-9a-f]{36}, or waybill runs replay/);
});

test('a write that is in doubt is settled and not replayed, whatever made it so', async () => {
  const post = { id: 'post', uses: 'http.request', with: { method: 'POST', url: 'https://api.example.com/a' } };
  for (const code of ['http_status', 'connection_cut', 'timeout', 'interrupted'] as const) {
    const { headline, findings } = await explained([post], {}, answered(500, { class: 'uncertain', code }));
    assert.match(headline, /nobody knows whether step `post` took place/);
    assert.match(findings[0]?.edit.join('\n') ?? '', /runs resolve [-0-9a-f]{36} --happened[^]*--repeat[^]*--fail/);
    assert.doesNotMatch(findings[0]?.edit.join('\n') ?? '', /runs retry|runs replay/);
  }
});

async function editsFor(failure: Partial<Failure>): Promise<string> {
  const { findings } = await explained([GET], {}, answered(400, { class: 'credential', ...failure }));
  return findings[0]?.edit.join('\n') ?? '';
}

test('the code of a failure says more than the status of the request for a token', async () => {
  assert.match(await editsFor({ code: 'grant_expired' }), /a person consents: waybill oauth link acme http/);
  assert.match(await editsFor({ code: 'client_refused', status: 401 }), /the id and secret of the app/);
  assert.match(await editsFor({ code: 'token_not_made' }), /is the key still there/);
  assert.match(await editsFor({ code: 'token_not_made', status: 503 }), /status page/);
});

test('an empty output of the run is traced through switches, branches and loops to what came in', async () => {
  const steps = [
    {
      id: 'pick',
      switch: [{ if: "${{ trigger.body.kind === 'lead' }}", steps: [put('lead', 'x')], output: 'a lead' }],
    },
    {
      id: 'two',
      branches: {
        left: { steps: [put('kept', 'x')], output: "${{ trigger.body.text ?? '' }}" },
        right: { steps: [put('b', 'x')] },
      },
    },
    {
      id: 'each',
      for_each: '${{ trigger.body.people ?? [] }}',
      as: 'one',
      steps: [put('c', 'x')],
      output: '${{ one.mail }}',
    },
  ];
  const output = { pick: '${{ steps.pick }}', left: '${{ steps.two.left }}', each: '${{ steps.each }}' };
  const { findings } = await explained(steps, { kind: 'order', people: [] }, undefined, { output });
  const because = Object.fromEntries(findings.map((finding) => [finding.what.split(':')[0], finding.because]));
  assert.deepEqual(because, {
    '`pick` of the output of the run was empty': [
      "a condition of step `pick` was false: ${{ trigger.body.kind === 'lead' }}",
      '`trigger.body.kind` was "order"',
    ],
    '`left` of the output of the run was empty': [
      "`steps.two.left` is set to ${{ trigger.body.text ?? '' }}",
      'the body has `kind`, `people`, not `text`',
    ],
    '`each` of the output of the run was empty': [
      'the list of step `each` was empty: ${{ trigger.body.people ?? [] }}',
      '`trigger.body.people` was []',
    ],
  });
});

test('where nothing that is read is empty, what is read is shown', async () => {
  const found = put('save', "${{ (trigger.body.text ?? '').replaceAll('x', '') }}");
  const { findings } = await explained([found], { text: 'xx' });
  assert.deepEqual(findings[0]?.because, ['`trigger.body.text` was "xx"']);
});

test('an output that is not as documented is told, and what the output of the run made of it', async () => {
  const page: Outcome = { ok: true, output: '<html>', warnings: ['it must be an object'] };
  const { headline, findings } = await explained([GET], {}, page, { output: { status: '${{ steps.get.status }}' } });
  assert.equal(headline, 'acme/example failed at step `output`');
  assert.deepEqual(
    findings.map(({ because }) => because),
    [['what HTTP gave has no `status`'], ['HTTP answered with "<html>"']],
  );
  assert.match(findings[1]?.what ?? '', /the output of step `get` is not as HTTP documents it: it must be/);
});

test('what a connector says of an answer that it knows comes in place of what is true of every service', async () => {
  const list = { id: 'list', uses: 'shop.list', with: {} };
  const help = 'pay at shop.example.com';
  const { findings } = await explained([list], {}, answered(400, { class: 'credential', help }));
  assert.deepEqual(findings[0]?.edit[0], help);
});

test('a run that has not ended says what it waits for', async () => {
  const ask = { id: 'ask', wait: { approval: { message: 'Pay?', expires: '1d' } } };
  const waits = await explained([ask], {}, undefined, { until: 'waiting' });
  assert.match(waits.findings[0]?.what ?? '', /^step `ask` waits for a person who decides until 20/);
  assert.match(waits.findings[0]?.edit[0] ?? '', /^waybill runs approve [-0-9a-f]{36} ask, or reject$/);
  const pause = { account: 'acme', since: 0 };
  const paused = await explained([ask], {}, undefined, { until: 'waiting', pause });
  assert.equal(paused.findings[0]?.what, 'acme is paused since 1970-01-01T00:00:00Z');
  assert.deepEqual(paused.findings[0]?.edit, ['let it go on: waybill resume acme']);
});

const ASK = { id: 'ask', wait: { approval: { message: 'Pay?', expires: '1d' } } };

async function standing(step: object): Promise<string[][]> {
  const { findings } = await explained([step], {}, answered(404), { until: 'waiting' });
  return findings.filter(({ what }) => /has failed/.test(what)).map(({ what, because }) => [what, ...because]);
}

test('a run that waits beside what has failed says so, and what comes of it', async () => {
  const branches = { x: { steps: [GET] }, y: { steps: [ASK] } };
  const both = { id: 'both', branches };
  const { findings } = await explained([both], {}, answered(404), { until: 'waiting' });
  assert.equal(findings[0]?.step, 'get');
  assert.equal(findings[0]?.what, 'branch `x` of step `both` has failed: HTTP answered 404');
  assert.deepEqual(findings[0]?.because, ['the run ends so when step `ask` is over']);
  assert.match(findings[0]?.edit[0] ?? '', /look at the ids/);
  assert.match(findings[0]?.edit.at(-1) ?? '', /waybill runs cancel [-0-9a-f]{36}$/);
  const outer = { id: 'outer', branches: { in: { steps: [both] }, out: { steps: [{ ...ASK, id: 'too' }] } } };
  assert.deepEqual((await standing(outer))[0]?.[1], 'the run ends so when steps `ask`, `too` are over');
});

test('a failure that stands is said to be handled where it will be, and not told where it is collected', async () => {
  const branches = { x: { steps: [GET] }, y: { steps: [ASK] } };
  const stopped = { id: 'both', branches, on_error: 'continue' };
  assert.deepEqual(await standing(stopped), [
    [
      'branch `x` of step `both` has failed: HTTP answered 404',
      'the `on_error` of step `both` is done when step `ask` is over',
    ],
  ]);
  const handling = { id: 'both', branches: { x: { steps: [GET] } }, on_error: [ASK] };
  assert.deepEqual(await standing(handling), []);
  const items = '${{ [1, 2] }}';
  const each = (steps: object[], more: object): object => ({
    id: 'each',
    for_each: items,
    parallel: 2,
    steps,
    ...more,
  });
  const failing = [
    { ...GET, if: '${{ item === 1 }}' },
    { ...ASK, if: '${{ item === 2 }}' },
  ];
  assert.deepEqual(await standing(each(failing, {})), [
    ['item `each[0]` has failed: HTTP answered 404', 'the run ends so when step `each[1].ask` is over'],
  ]);
  assert.deepEqual(await standing(each(failing, { on_item_error: 'collect' })), []);
  const counted = await standing(each([{ id: 'both', branches }], { on_item_error: 'collect' }));
  assert.deepEqual(counted[0]?.[1], 'step `each` counts it among its failures when step `each[0].ask` is over');
});

test('a doubt that stands is not canceled: it is settled when the run has stopped', async () => {
  const post = { id: 'post', uses: 'http.request', with: { method: 'POST', url: 'https://api.example.com/a' } };
  const both = { id: 'both', branches: { x: { steps: [post] }, y: { steps: [ASK] } }, on_error: 'continue' };
  const { findings } = await explained([both], {}, answered(500, { class: 'uncertain' }), { until: 'waiting' });
  assert.deepEqual(findings[0]?.because, ['the run stops and asks when step `ask` is over']);
  assert.deepEqual(findings[0]?.edit, []);
});

test('a run in which nothing was empty has nothing to explain', async () => {
  const { headline, findings } = await explained([put('save', '${{ trigger.body.kind ?? 1 }}')], { kind: 'a' });
  assert.deepEqual([headline, findings], ['acme/example succeeded, and no value was empty', []]);
});
