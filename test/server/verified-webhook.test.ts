import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import type { RefusalListView, RefusalView, RunSummaryView } from '../../src/server/api-types.ts';
import { SCHEMES } from '../connectors/webhooks/schemes.ts';
import { withWorkspace, type Served, type WorkspaceFiles } from './with-workspace.ts';

const KEY = 'a key that nobody guesses';

const services = {
  name: 'services',
  title: 'Services',
  version: '1.0.0',
  description: 'Sends what well-known services send.',
  connection: {
    fields: {
      secret: { title: 'Signing secret', secret: true },
      verify_token: { title: 'Verify token', secret: true, required: false },
    },
    hosts: [],
  },
  webhook_schemes: {
    ...SCHEMES,
    bell: { title: 'Bell', algorithm: 'hmac-sha256', key: { field: 'secret' }, signature: { header: 'X-Bell' } },
    meta: {
      title: 'Meta',
      algorithm: 'hmac-sha256',
      key: { field: 'secret' },
      signature: { header: 'X-Hub-Signature-256', prefix: 'sha256=' },
      handshake: [
        {
          method: 'GET',
          when: "${{ query['hub.mode'] === 'subscribe' }}",
          token: { at: { query: 'hub.verify_token' }, field: 'verify_token' },
          answer: { text: "${{ query['hub.challenge'] }}" },
        },
      ],
    },
  },
  actions: {},
};

function files(scheme: string, body: object = { type: 'object' }, webhook: object = {}, secret = KEY): WorkspaceFiles {
  return {
    connectors: { services },
    connections: { hooks: { connector: 'services', secrets: { secret, verify_token: 'agreed upon' } } },
    automations: {
      take: {
        name: 'Take',
        trigger: { webhook: { body, verify: { scheme, connection: 'hooks' }, ...webhook } },
        steps: [{ id: 'count', uses: 'storage.increment', with: { key: 'taken' } }],
        output: '${{ steps.count.value }}',
      },
    },
  };
}

async function send(
  served: Served,
  body: string | Uint8Array<ArrayBuffer>,
  headers: { [name: string]: string },
  query = '',
): Promise<{ status: number; body: { run?: string; error?: { code: string; message: string } } }> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body };
  const response = await fetch(served.hook('take') + query, init);
  return { status: response.status, body: (await response.json()) as { run?: string } };
}

function github(body: string | Uint8Array, id: string, key = KEY): { [name: string]: string } {
  const signature = createHmac('sha256', key).update(body).digest('hex');
  return { 'x-hub-signature-256': `sha256=${signature}`, 'x-github-delivery': id };
}

async function refusalsOf(served: Served): Promise<RefusalListView['refusals']> {
  return (await served.api<RefusalListView>('/refusals')).body.refusals;
}

test('what is signed is taken; what is not is refused with 401 before anything is looked at, and kept', async () => {
  await withWorkspace(files('github', { type: 'object', required: ['n'] }), async (served) => {
    assert.equal((await send(served, '{"n":1}', github('{"n":1}', 'a'))).status, 202);
    const wrong = await send(served, 'no JSON', github('{"n":1}', 'b'));
    assert.deepEqual([wrong.status, wrong.body.error?.code], [401, 'not_genuine']);
    assert.equal((await send(served, '{"n":1}', {})).status, 401);
    assert.equal((await send(served, 'no JSON', github('no JSON', 'c'))).status, 400);
    assert.equal((await send(served, '{"m":1}', github('{"m":1}', 'd'))).status, 400);
    assert.deepEqual(
      (await refusalsOf(served)).map(({ status, reason }) => [status, reason]),
      [
        [400, 'the body lacks the property `n`; it has `m`'],
        [400, 'the body is not JSON: Unexpected token \'o\', "no JSON" is not valid JSON'],
        [401, 'the header X-Hub-Signature-256 holds no signature'],
        [401, 'the signature is wrong'],
      ],
    );
    assert.equal(served.runner.store.runs.list({ limit: 9 }).length, 1);
  });
});

test('a body that is no UTF-8 is proved by its bytes, then refused as no text', async () => {
  await withWorkspace(files('github'), async (served) => {
    const body = new Uint8Array([0x22, 0xff, 0x22]);
    const { status, body: answer } = await send(served, body, github(body, 'a'));
    assert.deepEqual([status, answer.error?.message], [400, 'the body is not UTF-8']);
    const [refusal] = await refusalsOf(served);
    assert.deepEqual(served.runner.store.refusals.get(refusal?.id ?? '')?.body, body);
  });
});

test('a refused delivery is shown without signature and key, and replayed after a fix, once', async () => {
  await withWorkspace(files('github', { type: 'object' }, {}, 'the wrong key'), async (served) => {
    assert.equal((await send(served, '{"n":1}', github('{"n":1}', 'a'), '?from=here')).status, 401);
    const [refusal] = await refusalsOf(served);
    const id = refusal?.id ?? '';
    const shown = (await served.api<RefusalView>(`/refusals/${id}`)).body;
    assert.deepEqual(
      [shown.query, shown.body, shown.headers['x-hub-signature-256'], shown.headers['x-github-delivery']],
      ['?from=here', '{"n":1}', '[hidden]', 'a'],
    );
    const replay = () => served.api<RunSummaryView>(`/refusals/${id}/replay`, { method: 'POST' });
    assert.equal((await replay()).status, 409);
    await served.deploy(files('github'));
    const first = await replay();
    assert.equal(first.status, 202);
    assert.deepEqual((await replay()).body.id, first.body.id);
    assert.equal((await refusalsOf(served))[0]?.run, first.body.id);
    // The service sends it again too.
    assert.equal((await send(served, '{"n":1}', github('{"n":1}', 'a'))).body.run, first.body.id);
    assert.equal(served.runner.store.runs.list({ limit: 9 }).length, 1);
    assert.equal((await served.api('/refusals/nothing/replay', { method: 'POST' })).status, 404);
  });
});

test('the header of the signature is hidden whatever its name is', async () => {
  await withWorkspace(files('bell'), async (served) => {
    await send(served, '{}', { 'x-bell': 'nearly right', 'x-other': 'seen' });
    const [refusal] = await refusalsOf(served);
    const { headers } = (await served.api<RefusalView>(`/refusals/${refusal?.id}`)).body;
    assert.deepEqual([headers['x-bell'], headers['x-other']], ['[hidden]', 'seen']);
  });
});

test('a replay is as old as the delivery was', async () => {
  const schema = { type: 'object', required: ['n'] };
  await withWorkspace(files('stripe', schema), async (served) => {
    const time = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', KEY).update(`${time}.{"id":"evt_1"}`).digest('hex');
    const headers = { 'stripe-signature': `t=${time},v1=${signature}` };
    assert.equal((await send(served, '{"id":"evt_1"}', headers)).status, 400);
    const [{ id }] = (await refusalsOf(served)) as [RefusalView];
    const late = Date.now() + 3_600_000;
    await served.deploy(files('stripe'));
    const now = Date.now;
    Date.now = () => late;
    try {
      assert.equal((await send(served, '{"id":"evt_1"}', headers)).status, 401);
      assert.equal((await served.api(`/refusals/${id}/replay`, { method: 'POST' })).status, 202);
    } finally {
      Date.now = now;
    }
  });
});

test('where the key cannot be opened, the sender is asked to come again and the reason is kept', async () => {
  await withWorkspace(
    files('github'),
    async (served) => {
      const { status, body } = await send(served, '{}', github('{}', 'a'));
      assert.deepEqual([status, body.error?.code], [503, 'cannot_verify']);
      assert.doesNotMatch(JSON.stringify(body), /identity|hooks/);
      assert.match((await refusalsOf(served))[0]?.reason ?? '', /the key of the connection hooks cannot be opened/);
    },
    { identities: () => Promise.resolve([]) },
  );
});

test('services that try the address hear what they want, and start nothing', async () => {
  await withWorkspace(files('slack'), async (served) => {
    const body = '{"type":"url_verification","challenge":"3eZbrw1aB"}';
    const time = Math.floor(Date.now() / 1000);
    const signature = `v0=${createHmac('sha256', KEY).update(`v0:${time}:${body}`).digest('hex')}`;
    const headers = { 'x-slack-signature': signature, 'x-slack-request-timestamp': String(time) };
    assert.deepEqual(await send(served, body, headers), { status: 200, body: { challenge: '3eZbrw1aB' } });
    assert.equal((await send(served, body, { ...headers, 'x-slack-signature': 'v0=0' })).status, 401);
    await served.deploy(files('meta'));
    const ask = async (query: string): Promise<[number, string]> => {
      const response = await fetch(`${served.hook('take')}?${query}`);
      return [response.status, await response.text()];
    };
    const good = 'hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=agreed%20upon';
    assert.deepEqual(await ask(good), [200, '1158201444']);
    assert.equal((await ask(good.replace('agreed', 'other')))[0], 404);
    assert.equal((await ask(''))[0], 404);
    assert.equal(served.runner.store.runs.list({ limit: 9 }).length, 0);
  });
});

test('an address that is signed is the one that senders call', async () => {
  const publicUrl = 'https://hooks.example.test/base';
  await withWorkspace(
    files('hubspot-v3'),
    async (served) => {
      const path = new URL(served.hook('take')).pathname;
      const time = String(Date.now());
      const sign = (origin: string): { [name: string]: string } => {
        const signed = `POST${origin}${path}?x=/1{}${time}`;
        const signature = createHmac('sha256', KEY).update(signed).digest('base64');
        return { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': time };
      };
      assert.equal((await send(served, '{}', sign(publicUrl), '?x=%2F1')).status, 202);
      assert.equal((await send(served, '{}', sign(served.url), '?x=%2F1')).status, 401);
    },
    { publicUrl },
  );
});
