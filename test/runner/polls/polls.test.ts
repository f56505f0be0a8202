import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { limitsOf } from '../../../src/engine/limits.ts';
import type { PollListView } from '../../../src/server/poll-types.ts';
import { waybill } from '../../cli/waybill.ts';
import { withWorkspace, type Served, type WorkspaceFiles } from '../../server/with-workspace.ts';

const KEY = 'shop-key-of-acme';
/** A poll that never comes must not keep the tests for good. */
const LIMIT = { timeout: 20_000 };

const shop = {
  name: 'shop',
  title: 'Shop',
  version: '1.0.0',
  description: 'Sells things.',
  connection: {
    fields: { api_key: { title: 'API key', secret: true } },
    base_url: 'https://shop.example.test/v1',
    hosts: ['shop.example.test'],
    auth: { type: 'bearer', token: '${{ connection.api_key }}' },
  },
  triggers: {
    new_order: {
      title: 'New order',
      description: 'A customer orders.',
      input: { type: 'object', required: ['status'], properties: { status: { type: 'string' } } },
      output: {
        type: 'object',
        required: ['id', 'total'],
        properties: { id: { type: 'integer' }, total: { type: 'number' } },
      },
      sample: { id: 1, total: 20 },
      poll: {
        request: {
          method: 'GET',
          path: '/orders',
          query: { status: '${{ input.status }}', since: '${{ input.cursor }}', page: '${{ input.page }}' },
        },
        items: '${{ response.body.orders }}',
        next: '${{ response.body.next }}',
        key: '${{ item.id }}',
        event: { id: '${{ item.id }}', total: '${{ item.total }}' },
        cursor: { item: '${{ item.at }}', as: 'number' },
        order: 'oldest_first',
      },
    },
  },
  actions: {},
};

function files(trigger: object, limits?: object): WorkspaceFiles {
  return {
    connectors: { shop: { ...shop, ...(limits && { limits }) } },
    connections: { shop: { connector: 'shop', secrets: { api_key: KEY } } },
    automations: {
      count: {
        name: 'Count orders',
        trigger: { on: 'shop.new_order', with: { status: 'paid' }, every: '10ms', ...trigger },
        steps: [
          {
            id: 'keep',
            uses: 'storage.set',
            with: { key: 'order ${{ trigger.event.id }}', value: '${{ trigger.event.total }}' },
          },
        ],
      },
    },
  };
}

/** The shop: orders on pages of two, from a cursor on. */
class Shop {
  readonly orders: { id: number; at: number; total: number }[] = [];
  readonly requests: URL[] = [];
  failing: number | undefined;
  private readonly server: Server;

  constructor() {
    this.server = createServer(({ url = '', headers }, response) => {
      const address = new URL(url, 'http://shop');
      this.requests.push(address);
      this.server.emit('asked');
      const status = headers.authorization === `Bearer ${KEY}` ? this.failing : 401;
      if (status !== undefined) {
        response.writeHead(status, { 'content-type': 'application/json' }).end('{"message":"not now"}');
        return;
      }
      const query = Object.fromEntries(address.searchParams);
      const listed = this.orders.filter(({ at }) => at >= Number(query['since'] ?? 0));
      const page = Number(query['page'] ?? 0);
      const next = page + 2 < listed.length ? { next: page + 2 } : {};
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ orders: listed.slice(page, page + 2), ...next }));
    });
  }

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  add(count: number, at: number): void {
    for (let index = 0; index < count; index++) this.orders.push({ id: this.orders.length + 1, at, total: 20 });
  }

  /** Resolves after so many more polls. */
  async asked(times: number): Promise<void> {
    for (let count = 0; count < times; count++) await once(this.server, 'asked');
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

async function withShop(
  trigger: object,
  use: (served: Served, shop: Shop) => Promise<void>,
  prepare?: (shop: Shop) => void,
  limits?: object,
) {
  const service = new Shop();
  prepare?.(service);
  const reroutes = new Map([['shop', await service.listen()]]);
  try {
    await withWorkspace(files(trigger, limits), (served) => use(served, service), {
      reroutes,
      sealedHosts: ['shop.example.test'],
    });
  } finally {
    service.close();
  }
}

async function runsReach({ runner }: Served, count: number): Promise<number[]> {
  for (;;) {
    const runs = runner.store.runs.list({ limit: 500, status: 'succeeded' });
    if (runs.length >= count)
      return runs
        .map(({ id }) => ((runner.store.runs.get(id)?.trigger['event'] ?? {}) as { id: number }).id)
        .toReversed();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('what was there is noted, what comes later starts a run each, through another start', LIMIT, async () => {
  await withShop(
    { first: 'from_now' },
    async (served, service) => {
      await service.asked(3);
      service.add(5, 7);
      assert.deepEqual(await runsReach(served, 5), [4, 5, 6, 7, 8]);
      await served.restart();
      service.add(3, 7);
      assert.deepEqual(await runsReach(served, 8), [4, 5, 6, 7, 8, 9, 10, 11]);
      await service.asked(3);
      assert.equal(served.runner.store.runs.list({ limit: 500 }).length, 8);
      assert.equal(served.runner.store.storage.get('acme', 'order 11')?.value, 20);
      const last = service.requests.at(-1);
      assert.deepEqual(
        [last?.pathname, last?.searchParams.get('status'), last?.searchParams.get('since')],
        ['/v1/orders', 'paid', '7'],
      );
    },
    (service) => service.add(3, 1),
  );
});

test('all that is there can start runs too; another question begins anew', LIMIT, async () => {
  await withShop(
    { first: 'all' },
    async (served) => {
      assert.deepEqual(await runsReach(served, 3), [1, 2, 3]);
      await served.deploy(files({ first: 'all', with: { status: 'open' } }));
      assert.deepEqual(await runsReach(served, 6), [1, 2, 3, 1, 2, 3]);
    },
    (service) => service.add(3, 1),
  );
});

test('a trigger of a connector is found and described', async () => {
  await withShop({ first: 'all' }, async ({ folder }) => {
    const found = await waybill(['connector', 'search', 'order', '--workspace', folder]);
    assert.match(found.out, /^shop\.new_order\n +Shop: New order \(trigger\)/m);
    const { out } = await waybill(['connector', 'describe', 'shop.new_order', '--workspace', folder]);
    assert.match(out, /With:\n +status +string\n[^]*trigger\.event:\n +id +integer/);
    assert.match(
      (await waybill(['connector', 'describe', 'shop', '--workspace', folder])).out,
      /Triggers, sent by the service at once or asked for again and again:\n +shop\.new_order +asked/,
    );
  });
});

test('a failure is shown and loses nothing', LIMIT, async () => {
  await withShop({ first: 'all' }, async (served, service) => {
    await service.asked(2);
    service.failing = 403;
    service.add(2, 1);
    let polls: PollListView['polls'] = [];
    while (polls[0]?.failure === undefined) polls = (await served.api<PollListView>('/polls')).body.polls;
    assert.deepEqual([polls[0].automation, polls[0].on, polls[0].failure.status], ['count', 'shop.new_order', 403]);
    const shown = await waybill(['polls', '--data', join(served.folder, 'data')]);
    assert.match(shown.out, /acme\/count +shop\.new_order +0\.01 s +\S+Z +Shop answered 403: not now/);
    assert.equal(shown.code, 1);
    service.failing = undefined;
    await served.restart();
    assert.deepEqual(await runsReach(served, 2), [1, 2]);
  });
});

test('a poll waits for its turn as the calls of steps do, page by page, and a stop ends its wait', LIMIT, async () => {
  await withShop(
    { first: 'all' },
    async (served, service) => {
      await service.asked(3);
      const plan = served.runner.deployed().get('acme/count')?.plan;
      assert.ok(plan);
      const limits = limitsOf(plan, { connector: 'shop', connection: 'shop' })({});
      const { limiter } = served.runner.engine;
      const first = await limiter.enter(limits);
      const before = service.requests.length;
      // Long enough for some polls, if none waited.
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(service.requests.length, before);
      const second = limiter.enter(limits);
      first.release();
      const turn = await second;
      assert.ok(service.requests.length <= before + 1, 'a page went before a call that had come earlier');
      await served.restart();
      turn.release();
      await service.asked(3);
      const { polls } = (await served.api<PollListView>('/polls')).body;
      assert.equal(polls[0]?.failure, undefined);
      assert.deepEqual(await runsReach(served, 5), [1, 2, 3, 4, 5]);
    },
    (service) => service.add(5, 1),
    { concurrency: 1 },
  );
});
