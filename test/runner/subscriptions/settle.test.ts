import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { lowerConnection, lowerConnector } from '../../../src/compiler/lower.ts';
import type { Connector, Subscription } from '../../../src/generated/connector.ts';
import type { Json } from '../../../src/json/value.ts';
import { Settlement } from '../../../src/runner/subscriptions/settle.ts';
import type { Wanted } from '../../../src/runner/subscriptions/wanted.ts';
import { Redactor } from '../../../src/secrets/redaction.ts';
import type { Vault } from '../../../src/secrets/vault.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { SubscriptionRecord } from '../../../src/store/subscriptions.ts';
import { connectionSpec, json, LocalService } from '../../connectors/local-service.ts';

const HOUR = 3_600_000;
const URL_ = 'https://waybill.example/hooks/acme/@shop/secret';

/** The path of one that the service has no more. */
const GONE = '/subs/gone';
const UPDATE = { request: { method: 'PUT', path: '/subs/${{ subscription.id }}' } };
const SHOP: Subscription = {
  title: 'a subscription',
  lifetime: '3h',
  create: {
    request: { method: 'POST', path: '/subs', body: { json: { until: '${{ subscription.until }}' } } },
    id: '${{ response.body.id }}',
    expires: '${{ response.body.expires }}',
  },
  delete: { request: { method: 'DELETE', path: '/subs/${{ subscription.id }}' } },
};
const RENEW = {
  request: {
    method: 'PATCH',
    path: '/subs/${{ subscription.id }}',
    body: { json: { until: '${{ subscription.until }}' } },
  },
};

const plain: Vault = {
  of: () => Promise.resolve({ opensAll: true, seal: (_place, text) => text, open: (_place, sealed) => sealed }),
};

interface Trial {
  bring: (events?: string[], url?: string) => Promise<SubscriptionRecord | undefined>;
  remove: () => Promise<void>;
  pass: (hours: number) => void;
  requests: () => string[];
  kept: () => SubscriptionRecord[];
}

/** One subscription at a service that answers with what is given here, at a clock of its own. */
async function during(subscription: Subscription, use: (trial: Trial) => Promise<void>, expires?: Json): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-settle-'));
  const store = openSqliteStore(folder);
  let [now, last, fresh] = [Date.parse('2026-03-02T09:00:00Z'), 0, true];
  const connector = { name: 'shop', title: 'Shop', version: '1.0.0', description: '', actions: {} } as Connector;
  const spec = connectionSpec();
  const madeWith = {
    subscription,
    connector: lowerConnector({ ...connector, connection: spec }),
    connection: lowerConnection('shop', spec, {}),
    input: {},
  };
  const names = { id: 'one', account: 'acme', connection: 'shop', service: 'shop', name: 'all', key: '' };
  const begun: SubscriptionRecord = {
    ...names,
    status: 'creating',
    events: [],
    url: URL_,
    changedAt: now,
    keys: [],
    madeWith: madeWith as unknown as Json,
    failures: 0,
  };
  try {
    await LocalService.during(
      ({ url }, response) =>
        url === GONE
          ? json(response, {}, 404)
          : json(response, { id: ++last, ...(expires === undefined ? {} : { expires }) }),
      async (service) => {
        const caller = service.caller();
        const settlement = (): Settlement =>
          new Settlement(store.subscriptions.list()[0] ?? begun, {
            store,
            caller,
            vault: plain,
            identities: () => Promise.resolve([]),
            redactor: new Redactor(),
            now: () => now,
            stopping: new AbortController().signal,
          });
        let seen = 0;
        await use({
          bring: async (events = ['a'], url = URL_) => {
            const wanted: Wanted = { ...names, events, url, automations: [], madeWith };
            await settlement().bring(wanted, url, fresh);
            fresh = false;
            return store.subscriptions.list()[0];
          },
          remove: () => settlement().remove(),
          pass: (hours) => void (now += hours * HOUR),
          requests: () => {
            const sent = service.received.slice(seen);
            seen = service.received.length;
            return sent.map(({ method, url, body }) => `${method} ${url} ${body}`.trim());
          },
          kept: () => store.subscriptions.list(),
        });
        await caller.close();
      },
    );
  } finally {
    await store.close();
    await rm(folder, { recursive: true });
  }
}

test('one that ends by itself is renewed when a third of its time is left', async () => {
  await during({ ...SHOP, renew: RENEW }, async ({ bring, pass, requests }) => {
    const made = await bring();
    assert.equal(made?.expiresAt, Date.parse('2026-03-02T12:00:00Z'));
    pass(1.9);
    await bring();
    assert.deepEqual(requests(), ['POST /subs {"until":"2026-03-02T12:00:00.000Z"}']);
    pass(0.1);
    const renewed = await bring();
    assert.deepEqual(requests(), ['PATCH /subs/1 {"until":"2026-03-02T14:00:00.000Z"}']);
    assert.deepEqual([renewed?.remoteId, renewed?.expiresAt], ['1', Date.parse('2026-03-02T14:00:00Z')]);
  });
});

test('the service says when it ends; where it cannot be renewed, a new one is made before the old one is ended', async () => {
  await during(
    SHOP,
    async ({ bring, pass, requests }) => {
      assert.equal((await bring())?.expiresAt, Date.parse('2026-03-02T09:30:00Z'));
      requests();
      pass(0.4);
      const next = await bring();
      assert.deepEqual(
        requests().map((request) => request.replace(/ \{.*/, '')),
        ['POST /subs', 'DELETE /subs/1'],
      );
      assert.deepEqual([next?.status, next?.remoteId, next?.replaced], ['active', '2', undefined]);
    },
    String(Date.parse('2026-03-02T09:30:00Z')),
  );
});

test('other events and another address are told, or get one of their own where nothing can be told', async () => {
  const { lifetime: _lifetime, ...lasting } = SHOP;
  await during({ ...lasting, update: UPDATE }, async ({ bring, requests }) => {
    await bring(['a']);
    await bring(['a', 'b']);
    await bring(['a', 'b'], `${URL_}2`);
    await bring(['a', 'b'], `${URL_}2`);
    assert.deepEqual(requests(), ['POST /subs {}', 'PUT /subs/1', 'PUT /subs/1']);
  });
  await during(lasting, async ({ bring, remove, requests, kept }) => {
    await bring(['a']);
    await bring(['b']);
    assert.deepEqual(requests(), ['POST /subs {}', 'POST /subs {}', 'DELETE /subs/1']);
    await remove();
    assert.deepEqual([requests(), kept()], [['DELETE /subs/2'], []]);
  });
});

test('a key that the service makes is taken with that of the one which it replaces, until that has ended', async () => {
  const secret = { returned: '${{ `key ${response.body.id}` }}' };
  await during({ ...SHOP, secret }, async ({ bring, pass }) => {
    assert.deepEqual((await bring())?.keys, ['key 1']);
    pass(3);
    assert.deepEqual((await bring())?.keys, ['key 2']);
  });
  await during({ ...SHOP, secret: 'minted', renew: RENEW }, async ({ bring, pass }) => {
    const [key = ''] = (await bring())?.keys ?? [];
    assert.match(key, /^[\w-]{43}$/);
    pass(3);
    assert.deepEqual((await bring())?.keys, [key]);
  });
});

test('what somebody ended at the service is made anew', async () => {
  const renew = { ...RENEW, request: { ...RENEW.request, path: GONE } };
  await during({ ...SHOP, renew }, async ({ bring, pass, requests }) => {
    await bring();
    pass(3);
    const made = await bring();
    assert.deepEqual(
      requests().map((request) => request.replace(/ \{.*/, '')),
      ['POST /subs', `PATCH ${GONE}`, 'POST /subs'],
    );
    assert.deepEqual([made?.status, made?.remoteId], ['active', '2']);
  });
});
