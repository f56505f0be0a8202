import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { RunRecord } from '../../src/run/records.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { VERSION } from '../../src/version.ts';

const ROUNDS = 7;
const PAGE = 3;

const shop = {
  name: 'shop',
  title: 'Shop',
  version: '1.0.0',
  description: 'Sells things.',
  triggers: {
    new_order: {
      title: 'New order',
      description: 'A customer orders.',
      output: { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } },
      sample: { id: 1 },
      poll: {
        request: {
          method: 'GET',
          url: 'https://shop.example.test/orders',
          query: { since: '${{ input.cursor }}', page: '${{ input.page }}' },
        },
        items: '${{ response.body.orders }}',
        next: '${{ response.body.next }}',
        key: '${{ item.id }}',
        cursor: { item: '${{ item.at }}', as: 'unix_s', lookback_s: 2 },
        order: 'oldest_first',
      },
    },
  },
  actions: {},
};

function counting(trigger: object, key: string): object {
  return {
    name: 'Count',
    trigger,
    steps: [{ id: 'count', uses: 'storage.increment', with: { key } }],
  };
}

const recipient = await identityToRecipient(await generateX25519Identity());
const FILES = {
  'waybill.json': { waybill: VERSION },
  'connectors/shop/connector.json': shop,
  'automations/acme/account.json': { name: 'Acme', recipients: [recipient] },
  'automations/acme/orders.json': counting(
    { on: 'shop.new_order', every: '5ms', first: 'all' },
    'order ${{ trigger.event.id }}',
  ),
  'automations/acme/take.json': counting(
    {
      webhook: {
        body: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
        verify: 'none',
        dedupe: '${{ trigger.body.id }}',
      },
    },
    '${{ trigger.body.id }}',
  ),
};

/** A shop that sells all the time; several orders share a second. */
class Shop {
  sold = 0;
  private readonly selling = setInterval(() => this.sold++, 3);
  private readonly server = createServer(({ url = '' }, response) => {
    const query = new URL(url, 'http://shop').searchParams;
    const since = Number(query.get('since') ?? 0);
    const page = Number(query.get('page') ?? 0);
    const orders = Array.from({ length: this.sold }, (_, id) => ({ id, at: Math.floor(id / 4) }));
    const listed = orders.filter(({ at }) => at >= since);
    const next = page + PAGE < listed.length ? { next: page + PAGE } : {};
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ orders: listed.slice(page, page + PAGE), ...next }));
    if (page + PAGE >= listed.length) this.server.emit('listed');
  });

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.stopSelling();
    this.server.closeAllConnections();
    this.server.close();
  }

  stopSelling(): void {
    clearInterval(this.selling);
  }

  /** Resolves when a last page was given so many times more. */
  async listed(times: number): Promise<void> {
    for (let count = 0; count < times; count++) await once(this.server, 'listed');
  }
}

/** A sender that delivers each thing until it was answered, and now and then once more. */
class Sender {
  /** The runs that each delivery was answered with. */
  readonly answers = new Map<string, Set<string>>();
  hook: string | undefined;
  private next = 0;
  private stopped = false;
  private readonly working = Promise.all(Array.from({ length: 4 }, () => this.work()));

  /** Deliveries that nobody answered are none. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.working;
  }

  private async work(): Promise<void> {
    while (!this.stopped) {
      const id = `delivery ${this.next++}`;
      while (!(await this.deliver(id)) && !this.stopped) await delay(2);
      const before = `delivery ${Math.floor(Math.random() * this.next)}`;
      await this.deliver(Math.random() < 0.5 ? id : before);
    }
  }

  private async deliver(id: string): Promise<boolean> {
    if (this.hook === undefined) return false;
    const headers = { 'content-type': 'application/json' };
    try {
      const answer = await fetch(this.hook, { method: 'POST', headers, body: JSON.stringify({ id }) });
      if (answer.status !== 202) return false;
      const { run } = (await answer.json()) as { run: string };
      this.answers.set(id, (this.answers.get(id) ?? new Set()).add(run));
      return true;
    } catch {
      // The runner was killed.
      return false;
    }
  }
}

function launch(...args: string[]): { child: ChildProcess; hook: Promise<string> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'intake-child.ts'), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const hook = firstLine(child);
  // Nobody asks for that of one that is killed early.
  hook.catch(() => undefined);
  return { child, hook };
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  for await (const chunk of stdout ?? []) return String(chunk).trim();
  throw new Error('the runner ended before it listened');
}

test(
  'killed at any moment while a service is polled and deliveries are repeated, each order and each delivery gives one run',
  { timeout: 30_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'waybill-intake-'));
    const data = join(folder, 'data');
    for (const [path, value] of Object.entries(FILES)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), JSON.stringify(value));
    }
    const [service, sender] = [new Shop(), new Sender()];
    const address = await service.listen();
    let { child, hook } = launch(folder, data, address);
    const killAndStart = async (): Promise<void> => {
      sender.hook = undefined;
      child.kill('SIGKILL');
      await once(child, 'close');
      ({ child, hook } = launch(folder, data, address));
    };
    try {
      for (let round = 0; round < ROUNDS; round++) {
        // A new runner asks the service before it says where it listens: some are killed before they do.
        if (round % 3 > 0) sender.hook = await hook;
        // What was read is being kept now.
        await service.listed(1 + Math.floor(Math.random() * 5));
        await delay(Math.random() * 6);
        await killAndStart();
      }
      sender.hook = await hook;
      service.stopSelling();
      await sender.stop();
      // The second time for one that began before the last sale, the third to see that the second was kept.
      await service.listed(3);
      child.stdin?.end();
      assert.deepEqual(await once(child, 'close'), [0, null]);
      const orders = Array.from({ length: service.sold }, (_, id) => `order ${id}`);
      const expected = [...orders, ...sender.answers.keys()].toSorted();
      const store = openSqliteStore(data);
      const runs = store.runs.list({ limit: expected.length + 100 }).flatMap(({ id }) => store.runs.get(id) ?? []);
      const counts = new Set(expected.map((key) => store.storage.get('acme', key)?.value));
      await store.close();
      assert.deepEqual(runs.map(nameOf).toSorted(), expected);
      const runOf = new Map(runs.map((run) => [nameOf(run), run.id]));
      for (const [id, answered] of sender.answers) assert.deepEqual([...answered], [runOf.get(id)], id);
      assert.deepEqual([...counts], [1]);
    } finally {
      child.kill('SIGKILL');
      service.close();
      sender.hook = undefined;
      await sender.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
);

function nameOf({ trigger }: RunRecord): string {
  const { event, body } = trigger as { event?: { id: number }; body?: { id: string } };
  return event === undefined ? String(body?.id) : `order ${event.id}`;
}
