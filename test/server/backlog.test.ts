import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { HookView } from '../../src/server/api-types.ts';
import { withWorkspace, type Served, type WorkspaceFiles } from './with-workspace.ts';

const slow = {
  name: 'slow',
  title: 'Slow',
  version: '1.0.0',
  description: 'Takes its time.',
  connection: { fields: {}, base_url: 'https://slow.example.com', hosts: ['slow.example.com'] },
  actions: {
    get: {
      title: 'Get',
      description: 'Gets an answer.',
      effect: 'read',
      input: { type: 'object' },
      output: {},
      request: { method: 'GET', path: '/' },
    },
  },
};

const files = (respond: string): WorkspaceFiles => ({
  connections: { slow: { connector: 'slow' } },
  connectors: { slow },
  automations: { slow: taking({ type: 'object' }, respond) },
});

function taking(body: object, respond = 'accepted'): object {
  return {
    name: 'Slow',
    trigger: { webhook: { body, verify: 'none', respond } },
    steps: [
      { id: 'get', uses: 'slow.get', with: {} },
      { id: 'count', uses: 'storage.increment', with: { key: 'done', by: 1 } },
    ],
    output: '${{ steps.count.value }}',
  };
}

/** A service that answers when it is told to. */
async function slowService(): Promise<{ url: string; held: ServerResponse[]; free(): void; close(): void }> {
  const held: ServerResponse[] = [];
  let open = false;
  const server = createServer((_request, response) => {
    if (open) response.end('{}');
    else held.push(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    held,
    free: () => {
      open = true;
      for (const response of held.splice(0)) response.end('{}');
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function post(served: Served): Promise<Response> {
  return fetch(served.hook('slow'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('a burst waits on disk up to the limit; then senders are asked to come again, and find room later', async () => {
  const service = await slowService();
  const options = { reroutes: new Map([['slow', service.url]]), backlog: { runs: 1000, runsOfAccount: 20 } };
  try {
    await withWorkspace(
      files('accepted'),
      async (served) => {
        const answers = [];
        // 200 runs are under way at a time.
        for (let count = 0; count < 230; count++) answers.push(await post(served));
        const refused = answers.filter(({ status }) => status === 503);
        assert.equal(answers.filter(({ status }) => status === 202).length, 220);
        assert.equal(refused.length, 10);
        assert.ok(Number(refused[0]?.headers.get('retry-after')) > 0);
        assert.match(await (refused[0]?.text() ?? assert.fail()), /backlog_full/);
        const health = (await (await fetch(`${served.url}/health`)).json()) as object;
        assert.deepEqual(health, { status: 'ok', automations: 1, queued: 20 });
        service.free();
        await until(() => served.runner.store.storage.get('acme', 'done')?.value === 220);
        assert.equal((await post(served)).status, 202);
      },
      options,
    );
  } finally {
    service.close();
  }
});

const desk = {
  name: 'desk',
  title: 'Desk',
  version: '1.0.0',
  description: 'Sends tickets.',
  connection: { fields: { secret: { title: 'Secret', secret: true } }, hosts: [] },
  webhook_schemes: {
    desk: {
      title: 'Desk',
      algorithm: 'hmac-sha256',
      signed: '{body}',
      key: { field: 'secret' },
      signature: { header: 'Desk-Signature' },
      delivery_id: { header: 'Desk-Id' },
      handshake: [{ method: 'POST', when: "${{ body.type === 'ping' }}", answer: { json: { hello: 'there' } } }],
    },
  },
  triggers: {
    opened: {
      title: 'Opened',
      description: 'A ticket is opened.',
      output: {},
      sample: {},
      webhook: { scheme: 'desk', setup: 'Enter the address.', when: "${{ body.type === 'open' }}" },
    },
  },
  actions: {},
};

/** Signed as the desk does; the last letter of the signature is another one where it is forged. */
function tell(url: string, id: string, body: object, forged = false): Promise<Response> {
  const text = JSON.stringify(body);
  const signature = createHmac('sha256', 'desk-key').update(text).digest('hex');
  const headers = { 'content-type': 'application/json', 'desk-id': id };
  const sent = forged ? signature.replace(/.$/, (last) => (last === '0' ? '1' : '0')) : signature;
  return fetch(url, { method: 'POST', headers: { ...headers, 'desk-signature': sent }, body: text });
}

const WAITS = [{ id: 'ask', wait: { approval: { message: 'Pay?' } } }];

test('while no more are taken, repeats get their run and handshakes their answer, and nothing is kept', async () => {
  const service = await slowService();
  const verify = { scheme: 'desk', connection: 'desk' };
  const open = { type: 'open' };
  const { connections, connectors, automations } = files('accepted');
  const more: WorkspaceFiles = {
    connections: { ...connections, desk: { connector: 'desk', secrets: { secret: 'desk-key' } } },
    connectors: { ...connectors, desk },
    automations: {
      ...automations,
      signed: { name: 'Signed', trigger: { webhook: { body: { type: 'object' }, verify } }, steps: WAITS },
      event: { name: 'Event', trigger: { on: 'desk.opened' }, steps: WAITS },
    },
  };
  const options = { reroutes: new Map([['slow', service.url]]), backlog: { runs: 1, runsOfAccount: 1 } };
  try {
    await withWorkspace(
      more,
      async (served) => {
        const { body: hook } = await served.api<HookView>('/hooks/acme/@desk');
        const urls = [served.hook('signed'), served.url + hook.path];
        const first = await Promise.all(urls.map(async (url) => (await tell(url, 'a', open)).json()));
        while (served.runner.engine.backlog('acme').runs === 0) await post(served);
        for (const [index, url] of urls.entries()) {
          const again = await tell(url, 'a', open);
          assert.deepEqual([again.status, await again.json()], [202, first[index]]);
          assert.equal((await tell(url, 'b', open)).status, 503);
          assert.equal((await tell(url, 'b', open, true)).status, 503);
          const hello = await tell(url, 'c', { type: 'ping' });
          assert.deepEqual([hello.status, await hello.json()], [200, { hello: 'there' }]);
        }
        assert.equal((await tell(urls[1] ?? '', 'd', { type: 'closed' })).status, 202);
        const large = await fetch(served.hook('slow'), { method: 'POST', body: 'x'.repeat(1_100_000) });
        assert.equal(large.status, 503);
        assert.deepEqual(served.runner.store.refusals.list({ limit: 10 }), []);
        assert.equal(served.runner.store.runs.list({ automation: 'signed', limit: 10 }).length, 1);
        assert.equal(served.runner.store.runs.list({ automation: 'event', limit: 10 }).length, 1);
      },
      options,
    );
  } finally {
    service.close();
  }
});

test('a refusal that a person takes once more is taken however many runs wait', async () => {
  const service = await slowService();
  try {
    await withWorkspace(
      files('accepted'),
      async (served) => {
        const headers = { 'content-type': 'application/json' };
        await fetch(served.hook('slow'), { method: 'POST', headers, body: '[]' });
        const [kept = assert.fail('nothing is kept')] = served.runner.store.refusals.list({ limit: 1 });
        await served.deploy({ ...files('accepted'), automations: { slow: taking({ type: 'array' }) } });
        while (served.runner.engine.backlog('acme').runs === 0)
          await fetch(served.hook('slow'), { method: 'POST', headers, body: '[]' });
        const { status } = await served.api(`/refusals/${kept.id}/replay`, { method: 'POST' });
        assert.equal(status, 202);
      },
      { reroutes: new Map([['slow', service.url]]), backlog: { runs: 1, runsOfAccount: 1 } },
    );
  } finally {
    service.close();
  }
});

test('the runner has a limit beside those of the accounts', async () => {
  const service = await slowService();
  try {
    await withWorkspace(
      files('accepted'),
      async (served) => {
        const answers = [];
        for (let count = 0; count < 206; count++) answers.push((await post(served)).status);
        assert.deepEqual(answers.slice(-2), [202, 503]);
        const health = (await (await fetch(`${served.url}/health`)).json()) as object;
        assert.deepEqual(health, { status: 'full', automations: 1, queued: 5 });
      },
      { reroutes: new Map([['slow', service.url]]), backlog: { runs: 5, runsOfAccount: 1000 } },
    );
  } finally {
    service.close();
  }
});

test('stopped under load, what ends in time is answered, the others are told that it goes on, and nothing is lost', async () => {
  const service = await slowService();
  try {
    await withWorkspace(
      files('finished'),
      async (served) => {
        const senders = Array.from({ length: 250 }, () => post(served));
        await until(() => service.held.length === 200 && served.runner.engine.backlog('acme').runs === 50);
        // Half of what is under way ends within the time that it is given.
        setTimeout(() => {
          for (const response of service.held.splice(0, 100)) response.end('{}');
        }, 100);
        const { runner } = served;
        await runner.stop(1000);
        assert.equal((await post(served)).status, 503);
        const answers = await Promise.all(senders);
        assert.deepEqual(
          [200, 202].map((status) => answers.filter((answer) => answer.status === status).length),
          [0, 250],
        );
        service.free();
        await served.restart();
        await until(() => served.runner.store.storage.get('acme', 'done')?.value === 250);
        assert.equal(served.runner.store.runs.list({ status: 'succeeded', limit: 300 }).length, 250);
      },
      { reroutes: new Map([['slow', service.url]]) },
    );
  } finally {
    service.close();
  }
});
