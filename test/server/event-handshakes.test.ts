import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { HookView, RefusalListView, RotatedHookView, SubscriptionListView } from '../../src/server/api-types.ts';
import { withWorkspace, type Served, type WorkspaceFiles } from './with-workspace.ts';

function listening(on: string): object {
  return { name: 'Listen', trigger: { on }, steps: [{ id: 'end', stop: true }] };
}

function connector(name: string, scheme: object, webhook: object, more: object = {}): object {
  return {
    name,
    title: name,
    version: '1.0.0',
    description: 'Sends events.',
    actions: {},
    connection: {
      fields: { secret: { title: 'Secret', secret: true, required: false } },
      base_url: 'https://api.example.com',
      hosts: ['api.example.com'],
    },
    webhook_schemes: { [name]: { title: name, algorithm: 'hmac-sha256', redelivers: false, ...scheme } },
    triggers: {
      happened: {
        title: 'Happened',
        description: 'Something happened.',
        output: {},
        sample: {},
        webhook: { scheme: name, ...webhook },
      },
    },
    ...more,
  };
}

async function addressOf(served: Served, connection: string): Promise<string> {
  const { body } = await served.api<HookView>(`/hooks/acme/@${connection}`);
  return served.url + body.path;
}

function post(url: string, body: string, headers: { [name: string]: string } = {}): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
}

function hmac(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

test('notion gives its key to the address once; a person reads it there, and a new address takes a new one', async () => {
  const notion: WorkspaceFiles = {
    connections: { notion: { connector: 'notion', secrets: { token: 'ntn_secret' } } },
    automations: { added: listening('notion.page_added') },
  };
  await withWorkspace(
    notion,
    async (served) => {
      const url = await addressOf(served, 'notion');
      const event = JSON.stringify({
        id: 'e1',
        type: 'page.created',
        timestamp: '2026-03-02T09:15:00.000Z',
        workspace_id: 'w',
        authors: [],
        entity: { id: 'p1', type: 'page' },
        data: { parent: { id: 'p0', type: 'page' } },
      });
      const signed = (key: string): { [name: string]: string } => ({
        'x-notion-signature': `sha256=${hmac(key, event)}`,
      });
      assert.equal((await post(url, event, signed('secret_one'))).status, 503);
      const give = (to: string, token: string): Promise<Response> =>
        post(to, JSON.stringify({ verification_token: token }));
      assert.equal((await give(url, 'secret_one')).status, 200);
      assert.equal((await give(url, 'secret_one')).status, 200);
      assert.equal((await give(url, 'secret_of_another')).status, 401);
      assert.equal((await served.api<HookView>('/hooks/acme/@notion')).body.given_key, 'secret_one');
      assert.equal((await post(url, event, signed('secret_of_another'))).status, 401);
      const taken = await post(url, event, signed('secret_one'));
      assert.equal(taken.status, 202);
      assert.equal(((await taken.json()) as { runs: string[] }).runs.length, 1);
      const { body: rotated } = await served.api<RotatedHookView>('/hooks/acme/@notion/rotate', { method: 'POST' });
      assert.equal(rotated.given_key, undefined);
      assert.equal((await give(served.url + rotated.path, 'secret_two')).status, 200);
      assert.equal((await post(served.url + rotated.path, event, signed('secret_one'))).status, 401);
      assert.equal((await post(url, event, signed('secret_one'))).status, 202);
      const { refusals } = (await served.api<RefusalListView>('/refusals')).body;
      assert.match(refusals.map(({ reason }) => reason).join('\n'), /url acme @notion --rotate/);
    },
    { sealedHosts: ['api.notion.com'] },
  );
});

test('zoom wants to see that the secret is known: the answer is signed with it', async () => {
  const zoom = connector(
    'zoom',
    {
      key: { field: 'secret' },
      signed: 'v0:{timestamp}:{body}',
      signature: { header: 'x-zm-signature', prefix: 'v0=' },
      timestamp: { at: { header: 'x-zm-request-timestamp' } },
      handshake: [
        {
          method: 'POST',
          when: "${{ body.event === 'endpoint.url_validation' }}",
          sign: { text: '${{ body.payload.plainToken }}' },
          answer: { json: { plainToken: '${{ body.payload.plainToken }}', encryptedToken: '${{ signature }}' } },
        },
      ],
    },
    { setup: 'Enter the address.' },
  );
  const files: WorkspaceFiles = {
    connectors: { zoom },
    connections: { zoom: { connector: 'zoom', secrets: { secret: 'zoom secret' } } },
    automations: { happened: listening('zoom.happened') },
  };
  await withWorkspace(
    files,
    async (served) => {
      const url = await addressOf(served, 'zoom');
      const body = JSON.stringify({
        event: 'endpoint.url_validation',
        payload: { plainToken: 'qgg8vlvZRS6UYooatFL8Aw' },
      });
      const now = String(Math.floor(Date.now() / 1000));
      const signature = `v0=${hmac('zoom secret', `v0:${now}:${body}`)}`;
      const headers = { 'x-zm-signature': signature, 'x-zm-request-timestamp': now };
      const response = await post(url, body, headers);
      assert.deepEqual(
        [response.status, await response.json()],
        [
          200,
          {
            plainToken: 'qgg8vlvZRS6UYooatFL8Aw',
            encryptedToken: hmac('zoom secret', 'qgg8vlvZRS6UYooatFL8Aw'),
          },
        ],
      );
      assert.equal((await post(url, body, { ...headers, 'x-zm-signature': 'v0=00' })).status, 401);
    },
    { sealedHosts: ['api.example.com'] },
  );
});

test('asana gives its key while it is subscribed to, and hears it back in a header', async () => {
  const asana = connector(
    'asana',
    {
      key: {},
      signature: { header: 'X-Hook-Signature' },
      handshake: [
        {
          method: 'POST',
          unsigned: true,
          when: "${{ headers['x-hook-secret'] !== undefined }}",
          keep: { header: 'X-Hook-Secret' },
          answer: { headers: { 'X-Hook-Secret': "${{ headers['x-hook-secret'] }}" } },
        },
      ],
    },
    { subscription: 'project', items: '${{ body.events }}' },
    {
      subscriptions: {
        project: {
          title: 'a webhook',
          create: {
            request: {
              method: 'POST',
              path: '/webhooks',
              body: { json: { data: { target: '${{ subscription.url }}' } } },
            },
            id: '${{ response.body.data.gid }}',
          },
          delete: { request: { method: 'DELETE', path: '/webhooks/${{ subscription.id }}' } },
        },
      },
    },
  );
  const files: WorkspaceFiles = {
    connectors: { asana },
    connections: { asana: { connector: 'asana', secrets: { secret: 'pat' } } },
    automations: { happened: listening('asana.happened') },
  };
  let served: Served | undefined;
  const handshakes: [number, string | null][] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { data } = JSON.parse(text) as { data: { target: string } };
    const to = (served?.url ?? '') + new URL(data.target).pathname;
    const answer = await post(to, '', { 'x-hook-secret': 'key of asana' });
    handshakes.push([answer.status, answer.headers.get('x-hook-secret')]);
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"data":{"gid":"12345"}}');
  });
  const url = await listen(server);
  try {
    await withWorkspace(
      { automations: {} },
      async (running) => {
        served = running;
        await running.deploy(files);
        await running.runner.subscriptions.idle();
        assert.deepEqual(handshakes, [[200, 'key of asana']]);
        const { subscriptions } = (await running.api<SubscriptionListView>('/subscriptions')).body;
        assert.deepEqual(
          subscriptions.map(({ status, remote_id }) => [status, remote_id]),
          [['active', '12345']],
        );
        const body = JSON.stringify({ events: [{ action: 'changed' }, { action: 'added' }] });
        const to = await addressOf(running, 'asana');
        const taken = await post(to, body, { 'x-hook-signature': hmac('key of asana', body) });
        assert.equal(((await taken.json()) as { runs: string[] }).runs.length, 2);
        // Nothing is being subscribed to.
        assert.equal((await post(to, '', { 'x-hook-secret': 'planted' })).status, 401);
      },
      {
        publicUrl: 'https://waybill.example',
        reroutes: new Map([['asana', url]]),
        sealedHosts: ['api.example.com'],
      },
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
