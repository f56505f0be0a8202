import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passes, runCases, runOne } from './run-text.ts';

const URL = 'https://api.example.com/items';
const get = (id = 'get', more: object = {}): object => ({ id, uses: 'http.get', with: { url: URL }, ...more });
const post = (id = 'post', more: object = {}): object => ({
  id,
  uses: 'http.request',
  with: { method: 'POST', url: URL, body: { n: 1 } },
  ...more,
});
const item = { body: { id: 7 } };

test('a request has every part but the credential, and the answer becomes the output', async () => {
  const { run } = await passes(
    [get('get', { with: { url: URL, query: { page: '2', tag: 'a b' }, headers: { 'X-Own': 'yes' } } })],
    {
      answers: [{ to: { method: 'GET', host: 'api.example.com', query: { page: '2', tag: 'a b' } }, with: [item] }],
      expect: {
        output: { id: 7 },
        requests: [
          {
            step: 'get',
            method: 'GET',
            host: 'api.example.com',
            path: '/items',
            query: { page: '2', tag: 'a b' },
            headers: { 'x-own': 'yes', 'user-agent': 'waybill' },
          },
        ],
      },
    },
    { output: '${{ steps.get.body }}' },
  );
  assert.ok(run.kind === 'finished');
  assert.ok(!JSON.stringify(run).includes('placeholder-of'), 'a credential was seen');
  assert.ok(!('authorization' in (run.requests[0]?.headers ?? {})));
});

test('the first entry that fits a request answers it, by step, path and parts of the body', async () => {
  const steps = [
    post('first', { with: { method: 'POST', url: URL, body: { kind: 'a', items: [{ id: 1, more: true }] } } }),
    post('second', { with: { method: 'POST', url: URL, body: { kind: 'b', items: [] } } }),
    get('third', { with: { url: `${URL}/9` } }),
  ];
  await passes(
    steps,
    {
      answers: [
        { to: { body: { items: [{ id: 1 }] } }, with: [{ body: 'by part' }] },
        { to: { step: 'second', body: { kind: 'a' } }, with: [{ body: 'never' }] },
        { to: { path: '/items/9' }, with: [{ body: 'by path' }] },
        { with: [{ body: 'else' }] },
      ],
      expect: { output: { first: 'by part', second: 'else', third: 'by path' } },
    },
    {
      output: {
        first: '${{ steps.first.body }}',
        second: '${{ steps.second.body }}',
        third: '${{ steps.third.body }}',
      },
    },
  );
});

test('a request that nothing answers fails the case, and says what the answers are for', async () => {
  const { problems } = await runOne([get()], {
    answers: [{ to: { path: '/other', method: 'GET' }, with: [item] }],
    expect: { status: 'failed' },
  });
  assert.match(
    problems[0]?.message ?? '',
    /step get sends a request that nothing answers: GET https:\/\/api.example.com\/items/,
  );
  assert.match(problems[0]?.help ?? '', /answers\[0\] is for another path/);
});

test('time passes only in waits: as the service asks, by seconds or by date, or else twice as long each time', async () => {
  await passes([get()], {
    now: '2026-03-01T12:00:00Z',
    answers: [
      {
        with: [
          { status: 429, headers: { 'retry-after': '3600' } },
          { status: 503, headers: { 'retry-after': 'Sun, 01 Mar 2026 14:00:00 GMT' } },
          { status: 500 },
          { status: 500, after: '1s' },
          item,
        ],
      },
    ],
    expect: {
      status: 'succeeded',
      attempts: { get: 5 },
      waits: { get: ['60m', '1h', '4s', '8s'] },
      took: '7213s',
    },
  });
});

test('a service that never answers costs the step’s timeout; one that is slower than it too', async () => {
  for (const answer of [{ fault: 'no_answer' }, { ...item, after: '31s' }])
    await passes([get('get', { timeout: '30s', retry: { attempts: 2 } })], {
      answers: [{ with: [answer] }],
      expect: { status: 'failed', error: { code: 'timeout', step: 'get' }, attempts: { get: 2 }, took: '61s' },
    });
  await passes([get('get', { timeout: '30s' })], {
    answers: [{ with: [{ ...item, after: '29s' }] }],
    expect: { status: 'succeeded', took: '29s' },
  });
});

test('faults fail as they do on a network: before or after the service had the request', async () => {
  const codes = {
    cut: 'connection_cut',
    cut_in_answer: 'connection_cut',
    refused: 'connection_refused',
    host_not_found: 'host_not_found',
    connect_timeout: 'connect_timeout',
    bad_certificate: 'tls',
  };
  for (const [fault, code] of Object.entries(codes)) {
    const answers = [{ with: [{ fault }] }];
    await passes([get('get', { retry: { attempts: 1 } })], { answers, expect: { error: { code } } });
    const reached = fault.startsWith('cut');
    await passes([post('post')], {
      answers: [{ with: [{ fault }, item] }],
      expect: { status: reached ? 'uncertain' : 'succeeded', attempts: { post: reached ? 1 : 2 } },
    });
  }
});

test('malformed answers: a page in place of JSON, broken JSON, and what the action does not read', async () => {
  const ask = { id: 'ask', uses: 'anthropic.message_to_ai', with: { prompt: 'x' } };
  for (const answer of [
    { text: '<html>', headers: { 'content-type': 'text/html' } },
    { text: '{"content": [', headers: { 'content-type': 'application/json' } },
    { body: { content: null } },
  ])
    await passes([ask], {
      answers: [{ with: [answer] }],
      expect: {
        status: 'failed',
        error: { code: 'answer_not_read', message: 'Anthropic answered 200' },
        attempts: { ask: 1 },
      },
    });
});

test('an output stands in for what an action makes of an answer, and the request is made all the same', async () => {
  const ask = { id: 'ask', uses: 'anthropic.message_to_ai', with: { prompt: 'x' } };
  const output = { text: 'y', model: 'm', stop_reason: null, input_tokens: 1, output_tokens: 1 };
  await passes(
    [ask],
    {
      answers: [{ to: { step: 'ask' }, with: [{ output }] }],
      expect: { output: 'y', requests: [{ path: '/v1/messages' }] },
    },
    { output: '${{ steps.ask.text }}' },
  );
});

test('storage is the store’s own, with what the case puts there before', async () => {
  const steps = [
    { id: 'count', uses: 'storage.increment', with: { key: 'n', by: 2 } },
    { id: 'drop', uses: 'storage.delete', with: { key: 'old' } },
    { id: 'all', uses: 'storage.list', with: { prefix: '' } },
  ];
  await passes(steps, { storage: { n: 40, old: true }, expect: { storage: { n: 42 } } });
  await passes(steps, { expect: { storage: { n: 2 } } });
});

test('steps in loops are named by their turns, in the order in which they begin', async () => {
  const each = {
    id: 'each',
    for_each: '${{ [1, 2, 3] }}',
    as: 'n',
    parallel: 3,
    steps: [get('get', { if: '${{ n !== 2 }}', with: { url: URL, query: { n: '${{ n }}' } } })],
  };
  await passes([each], {
    answers: [
      { to: { step: 'each[0].get' }, with: [{ status: 503 }, { ...item, after: '5s' }] },
      { to: { step: 'get' }, with: [item] },
    ],
    expect: {
      steps: ['each', 'each[0].get', 'each[2].get'],
      attempts: { 'each[0].get': 2, 'each[2].get': 1, get: 3 },
      requests: [
        { step: 'each[0].get' },
        { step: 'get', query: { n: '3' } },
        { step: 'each[0].get', query: { n: '1' } },
      ],
      took: '6s',
    },
  });
});

test('a refusal that is expected passes, any other fails the case', async () => {
  const body = { type: 'object', required: ['text'], properties: { text: { type: 'string' } } };
  const trigger = { webhook: { body, verify: 'none' } };
  await passes([get()], { trigger: { body: {} }, expect: { refused: 'lacks the property `text`' } }, { trigger });
  const other = await runOne(
    [get()],
    { trigger: { body: {} }, expect: { refused: 'lacks the property `name`' } },
    { trigger },
  );
  assert.deepEqual(other.differences, [
    {
      path: ['expect', 'refused'],
      expected: 'lacks the property `name`',
      actual: 'the body lacks the property `text`; it has nothing',
    },
  ]);
});

test('a run that fails where it was to succeed says why first', async () => {
  const { problems, differences } = await runOne([get()], {
    answers: [{ with: [{ status: 404, body: { message: 'no such item' } }] }],
    expect: { status: 'succeeded' },
  });
  assert.match(problems[0]?.message ?? '', /^step get failed: .*no such item \(http_status\)$/);
  assert.deepEqual(differences, [{ path: ['expect', 'status'], expected: 'succeeded', actual: 'failed' }]);
});

test('differences are told at their places; extra and missing requests too', async () => {
  const { differences } = await runOne([post('a'), post('b')], {
    answers: [{ with: [item] }],
    expect: { requests: [{ step: 'a', body: { n: 2, m: 0 } }], steps: ['a'], error: { code: 'timeout' } },
  });
  assert.deepEqual(differences, [
    { path: ['expect', 'requests', 0, 'body', 'n'], expected: 2, actual: 1 },
    { path: ['expect', 'requests', 0, 'body', 'm'], expected: 0, actual: undefined },
    {
      path: ['expect', 'requests', 1],
      expected: undefined,
      actual: { step: 'b', method: 'POST', host: 'api.example.com', path: '/items' },
    },
    { path: ['expect', 'steps'], expected: ['a'], actual: ['a', 'b'] },
    { path: ['expect', 'error'], expected: { code: 'timeout' }, actual: undefined },
  ]);
});

test('the same test gives the same, and its cases know nothing of each other', async () => {
  const steps = [get(), { id: 'count', uses: 'storage.increment', with: { key: 'n', by: 1 } }];
  const one = {
    trigger: { body: {} },
    answers: [{ with: [{ status: 503 }, item] }],
    expect: { output: '00000000-0000-7000-8000-000000000000', storage: { n: 1 }, took: '1s' },
  };
  const cases = [0, 1, 2].map((number) => ({ ...one, name: `case ${number}` }));
  const seen = await Promise.all([0, 1].map(() => runCases(steps, cases, { output: '${{ run.id }}' })));
  for (const { cases: results } of seen) assert.ok(results.every(({ passed }) => passed));
  const [first, second] = seen.map(({ cases: results }) => JSON.stringify(results.map(({ run }) => run)));
  assert.equal(first, second);
});

function transcribe(id: string, bytes: Buffer): object {
  const input = { audio: bytes.toString('base64'), filename: `${id}.mp3`, language: 'de' };
  return { id, uses: 'openai.transcribe_audio', with: input };
}

test('fields and files of a multipart body are seen by name, a file that is no text in base64', async () => {
  const steps = [transcribe('words', Buffer.from('Grüße')), transcribe('sound', Buffer.from([0xff, 0xfb, 0x90]))];
  const fields = { model: 'gpt-4o-transcribe', response_format: 'json', language: 'de' };
  const words = { filename: 'words.mp3', type: 'application/octet-stream', text: 'Grüße' };
  const sound = { filename: 'sound.mp3', type: 'application/octet-stream', base64: '//uQ' };
  await passes(steps, {
    answers: [
      { to: { body: { language: 'de', file: { text: 'Grüße' } } }, with: [{ body: { text: 'Greetings' } }] },
      { to: { body: { file: { base64: '//uQ' } } }, with: [{ body: { text: 'A hum' } }] },
    ],
    expect: {
      status: 'succeeded',
      requests: [{ body: { ...fields, file: words } }, { body: { ...fields, file: sound } }],
    },
  });
});
