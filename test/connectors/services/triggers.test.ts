import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { builtinCatalog } from '../../../src/connectors/builtin.ts';
import { refuseSignature } from '../../../src/connectors/webhooks/signature.ts';
import { lowerConnection, lowerConnector } from '../../../src/compiler/lower.ts';
import type { Plan } from '../../../src/generated/plan.ts';
import { compileSchema } from '../../../src/json/schema.ts';
import type { Json, JsonObject } from '../../../src/json/value.ts';
import { readyPoll } from '../../../src/runner/polls/live-poll.ts';
import { readPoll, type PollReading } from '../../../src/runner/polls/read-poll.ts';
import { json, LocalService, type Answering } from '../local-service.ts';

const catalog = builtinCatalog();
const context = { name: 'Acme', timezone: 'UTC', locale: 'en-US', region: 'US', currency: 'USD' };

interface Account {
  fields?: JsonObject;
  secrets: { [name: string]: string };
}

const ACCOUNTS: { [service: string]: Account } = {
  hubspot: { secrets: { token: 'pat-eu1-11111111-2222-3333' } },
  notion: { secrets: { token: 'ntn_secret' } },
  shopify: { fields: { shop: 'acme', credential: 'token' }, secrets: { access_token: 'shpat_0123' } },
};

/** Polls once, on a local server in the service's place. Gives what was read, and the bodies of the requests. */
async function poll(
  on: string,
  given: JsonObject,
  cursor: string | undefined,
  answer: Answering,
): Promise<{ reading: PollReading; bodies: JsonObject[] }> {
  const [service = '', name = ''] = on.split('.');
  const connector = catalog.get(service);
  const trigger = connector?.triggers?.[name];
  const { fields = {}, secrets = {} } = ACCOUNTS[service] ?? {};
  assert.ok(connector?.connection && trigger?.poll);
  assert.deepEqual(compileSchema(trigger.input ?? {})(given), []);
  assert.deepEqual(compileSchema(trigger.output)(trigger.sample), []);
  const plan = { context, connectors: { [service]: lowerConnector(connector) } };
  const live = readyPoll({ ...plan, connections: {} } as Partial<Plan> as Plan, {
    kind: 'poll',
    on,
    first: 'all',
    with: given,
    mappings: [],
    every_ms: 1000,
    poll: trigger.poll,
    output: trigger.output,
  });
  const connection = lowerConnection(service, connector.connection, fields);
  let reading: PollReading | undefined;
  let bodies: JsonObject[] = [];
  await LocalService.during(answer, async (local) => {
    const caller = local.caller({ reroutes: new Map([[service, local.url]]) });
    const read = await readPoll({
      poll: live,
      cursor,
      onlyNote: false,
      seen: () => new Set(),
      ask: (input) =>
        caller.call({
          account: 'acme',
          service,
          connector: live.connector,
          action: live.page,
          connection: { name: service, plan: connection, credential: { fields: secrets, hosts: connection.hosts } },
          input,
          signal: AbortSignal.timeout(5000),
        }),
    });
    await caller.close();
    assert.ok('fresh' in read, JSON.stringify(read));
    reading = read;
    bodies = local.received.map(({ body }) => JSON.parse(body) as JsonObject);
  });
  assert.ok(reading);
  return { reading, bodies };
}

function sampleOf(on: string): JsonObject {
  const [service = '', name = ''] = on.split('.');
  return catalog.get(service)?.triggers?.[name]?.sample as JsonObject;
}

test('hubspot: records since the cursor, newest first, page by page', async () => {
  const [older, newer] = [
    { ...sampleOf('hubspot.record_created'), id: '1', createdAt: '2026-03-02T09:15:00.000Z' },
    { ...sampleOf('hubspot.record_created'), id: '2', createdAt: '2026-03-02T10:15:00.000Z' },
  ];
  const { reading, bodies } = await poll(
    'hubspot.record_created',
    { object_type: 'contacts', properties: ['email'] },
    '2026-03-02T09:00:00.000Z',
    ({ body }, response) =>
      body.includes('"after"')
        ? json(response, { results: [older] })
        : json(response, { results: [newer], paging: { next: { after: '1' } } }),
  );
  assert.deepEqual(reading.fresh, [older, newer]);
  assert.equal(reading.cursor, '2026-03-02T10:15:00.000Z');
  assert.deepEqual(bodies, [
    {
      // Five minutes before the cursor, for records that the search shows late.
      filterGroups: [{ filters: [{ propertyName: 'createdate', operator: 'GTE', value: '1772441700000' }] }],
      sorts: [{ propertyName: 'createdate', direction: 'DESCENDING' }],
      properties: ['email'],
      limit: 100,
    },
    { ...bodies[0], after: '1' },
  ]);
  assert.equal(new Date(1772441700000).toISOString(), '2026-03-02T08:55:00.000Z');
});

test('hubspot: a change is an event of its own; contacts name the property otherwise', async () => {
  const record = sampleOf('hubspot.record_updated');
  for (const [objectType, property] of [
    ['contacts', 'lastmodifieddate'],
    ['deals', 'hs_lastmodifieddate'],
  ] as const) {
    const { reading, bodies } = await poll(
      'hubspot.record_updated',
      { object_type: objectType },
      undefined,
      (_, response) => json(response, { results: [record] }),
    );
    assert.deepEqual(reading.keys, ['451 2026-03-02T09:15:00.000Z']);
    const sorts = [{ propertyName: property, direction: 'DESCENDING' }];
    assert.deepEqual(bodies, [{ filterGroups: [], sorts, limit: 100 }]);
  }
});

test('shopify: since the cursor and within the search, as variables of the query', async () => {
  for (const [on, root, field, at] of [
    ['shopify.order_created', 'orders', 'created_at', 'createdAt'],
    ['shopify.order_updated', 'orders', 'updated_at', 'updatedAt'],
    ['shopify.customer_updated', 'customers', 'updated_at', 'updatedAt'],
    ['shopify.product_updated', 'products', 'updated_at', 'updatedAt'],
  ] as const) {
    const node = sampleOf(on);
    const answer = (after: string | undefined): Json => ({
      data: { [root]: { nodes: [node], pageInfo: { hasNextPage: after === undefined, endCursor: 'c' } } },
    });
    const { reading, bodies } = await poll(on, { query: 'a OR b' }, '2026-03-02T09:00:00Z', ({ body }, response) => {
      const { variables } = JSON.parse(body) as { variables: { after?: string } };
      json(response, answer(variables.after));
    });
    assert.deepEqual(reading.fresh, [node]);
    assert.equal(reading.cursor, node[at]);
    assert.match(String(reading.keys[0]), on.endsWith('created') ? /^gid:\S+$/ : /^gid:\S+ 2026/);
    assert.match(JSON.stringify(bodies[0]?.['query']), new RegExp(`${root}\\(.*reverse: true`));
    const query = `${field}:>='2026-03-02T08:59:00.000Z' AND (a OR b)`;
    assert.deepEqual(
      bodies.map(({ variables }) => variables),
      [{ query }, { query, after: 'c' }],
    );
  }
  const { bodies } = await poll('shopify.order_created', {}, undefined, (_request, response) =>
    json(response, { data: { orders: { nodes: [], pageInfo: { hasNextPage: false } } } }),
  );
  assert.deepEqual(bodies[0]?.['variables'], { query: '' });
});

test('notion: rows since the cursor that fit the filter', async () => {
  const source = '1a44be12-0953-4631-b498-9e5817518db8';
  const filter = { property: 'Status', select: { equals: 'Open' } };
  for (const [on, at] of [
    ['notion.database_page_created', 'created_time'],
    ['notion.database_page_updated', 'last_edited_time'],
  ] as const) {
    const row = sampleOf(on);
    const answer: Answering = (_request, response) =>
      json(response, { results: [row], has_more: false, next_cursor: null });
    const asked = { data_source_id: source, filter };
    const since = { timestamp: at, [at]: { on_or_after: '2026-03-02T08:58:00.000Z' } };
    const body = { sorts: [{ timestamp: at, direction: 'descending' }], page_size: 100 };
    const { reading, bodies } = await poll(on, asked, '2026-03-02T09:00:00.000Z', answer);
    assert.deepEqual([reading.fresh, reading.cursor], [[row], row[at]]);
    assert.deepEqual(bodies, [{ filter: { and: [since, filter] }, ...body }]);
    const unfiltered = await poll(on, { data_source_id: source }, '2026-03-02T09:00:00.000Z', answer);
    assert.deepEqual(unfiltered.bodies, [{ filter: since, ...body }]);
    assert.deepEqual((await poll(on, { data_source_id: source }, undefined, answer)).bodies, [body]);
  }
});

test('the schemes of hubspot and shopify prove what these services sign', () => {
  const [secret, body, url] = ['app-secret', '[{"eventId":1}]', 'https://hooks.example.test/in?a=b'];
  const now = 1_772_441_700_000;
  const hash = (signed: string): string => createHmac('sha256', secret).update(signed).digest('base64');
  const cases = {
    hubspot: {
      'x-hubspot-signature-v3': hash(`POST${url}${body}${now}`),
      'x-hubspot-request-timestamp': String(now),
    },
    shopify: { 'x-shopify-hmac-sha256': hash(body), 'x-shopify-webhook-id': 'w1', 'x-shopify-topic': 'orders/create' },
  };
  for (const [service, headers] of Object.entries(cases)) {
    const scheme = catalog.get(service)?.webhook_schemes?.[service];
    assert.ok(scheme);
    const request = { method: 'POST', url, headers, body: Buffer.from(body), value: JSON.parse(body) as Json };
    assert.equal(refuseSignature(scheme, request, secret, now), undefined, service);
    assert.notEqual(refuseSignature(scheme, { ...request, body: Buffer.from('[]') }, secret, now), undefined, service);
  }
});
