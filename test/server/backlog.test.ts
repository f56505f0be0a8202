import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { withWorkspace, type Served, type WorkspaceFiles } from './with-workspace.ts';

const webhook = { body: { type: 'object' }, verify: 'none' };
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
  automations: {
    slow: {
      name: 'Slow',
      trigger: { webhook: { ...webhook, respond } },
      steps: [
        { id: 'get', uses: 'slow.get', with: {} },
        { id: 'count', uses: 'storage.increment', with: { key: 'done', by: 1 } },
      ],
      output: '${{ steps.count.value }}',
    },
  },
});

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
