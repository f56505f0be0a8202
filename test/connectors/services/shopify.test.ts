import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinCatalog } from '../../../src/connectors/builtin.ts';
import { compileSchema } from '../../../src/json/schema.ts';
import type { Json, JsonObject } from '../../../src/json/value.ts';
import { failureOf, json, outputOf } from '../local-service.ts';
import { ServiceUnderTest } from './contract.ts';

const service = new ServiceUnderTest('shopify', { access_token: 'shpat_0123' }, { shop: 'acme', credential: 'token' });
const api = '/admin/api/2026-10/graphql.json';
const actions = builtinCatalog().get('shopify')?.actions ?? {};
const gid = (kind: string): string => `gid://shopify/${kind}/7`;
const sampleOf = (action: string): JsonObject => actions[action]?.sample as JsonObject;
const onePage = (nodes: Json): Json => ({ nodes, pageInfo: { hasNextPage: false, endCursor: null } });

/** What is sent as variables, and the data that becomes the action's sample. */
interface GraphqlContract {
  input: JsonObject;
  variables: JsonObject;
  data: JsonObject;
}

const contracts: { [action: string]: GraphqlContract } = {
  list_orders: {
    input: { query: 'financial_status:paid', limit: 20 },
    variables: { first: 20, query: 'financial_status:paid' },
    data: { orders: onePage(sampleOf('list_orders')['orders'] ?? null) },
  },
  get_order: {
    input: { order_id: gid('Order') },
    variables: { id: gid('Order') },
    data: {
      order: {
        ...sampleOf('get_order'),
        lineItems: { nodes: sampleOf('get_order')['lineItems'] ?? null },
        fulfillmentOrders: { nodes: sampleOf('get_order')['fulfillmentOrders'] ?? null },
      },
    },
  },
  find_order_by_number: {
    input: { name: '#10"01' },
    variables: { query: 'name:"#1001"' },
    data: { orders: { nodes: [sampleOf('find_order_by_number')['order'] ?? null] } },
  },
  update_order: {
    input: { id: gid('Order'), note: 'Gift.', shippingAddress: { city: 'Berlin', countryCode: 'DE' } },
    variables: { input: { id: gid('Order'), note: 'Gift.', shippingAddress: { city: 'Berlin', countryCode: 'DE' } } },
    data: { orderUpdate: { order: sampleOf('update_order'), userErrors: [] } },
  },
  cancel_order: {
    input: {
      order_id: gid('Order'),
      reason: 'CUSTOMER',
      restock: true,
      refund_to_original_payment: true,
      staff_note: 'Called.',
    },
    variables: {
      orderId: gid('Order'),
      reason: 'CUSTOMER',
      restock: true,
      refundMethod: { originalPaymentMethodsRefund: true },
      notifyCustomer: false,
      staffNote: 'Called.',
    },
    data: { orderCancel: { ...sampleOf('cancel_order'), orderCancelUserErrors: [] } },
  },
  fulfill_order: {
    input: {
      fulfillment_order_id: gid('FulfillmentOrder'),
      tracking_number: '1Z999',
      tracking_company: 'UPS',
      notify_customer: true,
    },
    variables: {
      fulfillment: {
        lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: gid('FulfillmentOrder') }],
        notifyCustomer: true,
        trackingInfo: { number: '1Z999', company: 'UPS' },
      },
    },
    data: { fulfillmentCreate: { fulfillment: sampleOf('fulfill_order'), userErrors: [] } },
  },
  create_draft_order: {
    input: {
      line_items: [{ variantId: gid('ProductVariant'), quantity: 2 }],
      customer_id: gid('Customer'),
      note: 'Call first.',
    },
    variables: {
      input: {
        lineItems: [{ variantId: gid('ProductVariant'), quantity: 2 }],
        purchasingEntity: { customerId: gid('Customer') },
        note: 'Call first.',
      },
    },
    data: { draftOrderCreate: { draftOrder: sampleOf('create_draft_order'), userErrors: [] } },
  },
  list_customers: {
    input: { query: 'tag:vip' },
    variables: { first: 50, query: 'tag:vip' },
    data: { customers: onePage(sampleOf('list_customers')['customers'] ?? null) },
  },
  find_customer_by_email: {
    input: { email: 'ada@example.com' },
    variables: { identifier: { emailAddress: 'ada@example.com' } },
    data: { customerByIdentifier: sampleOf('find_customer_by_email')['customer'] ?? null },
  },
  create_customer: {
    input: { email: 'ada@example.com', firstName: 'Ada', tags: ['vip'] },
    variables: { input: { email: 'ada@example.com', firstName: 'Ada', tags: ['vip'] } },
    data: { customerCreate: { customer: sampleOf('create_customer'), userErrors: [] } },
  },
  upsert_customer: {
    input: { email: 'ada@example.com', lastName: 'Okafor' },
    variables: { identifier: { email: 'ada@example.com' }, input: { email: 'ada@example.com', lastName: 'Okafor' } },
    data: { customerSet: { customer: sampleOf('upsert_customer'), userErrors: [] } },
  },
  add_tags: {
    input: { id: gid('Order'), tags: ['gift'] },
    variables: { id: gid('Order'), tags: ['gift'] },
    data: { tagsAdd: { node: sampleOf('add_tags'), userErrors: [] } },
  },
  list_products: {
    input: { query: 'status:active', limit: 5 },
    variables: { first: 5, query: 'status:active' },
    data: { products: onePage(sampleOf('list_products')['products'] ?? null) },
  },
  find_variant_by_sku: {
    input: { sku: 'TEA-1' },
    variables: { query: 'sku:"TEA-1"' },
    data: { productVariants: { nodes: [sampleOf('find_variant_by_sku')['variant'] ?? null] } },
  },
  create_product: {
    input: { title: 'Teapot', vendor: 'Acme' },
    variables: { product: { status: 'DRAFT', title: 'Teapot', vendor: 'Acme' } },
    data: { productCreate: { product: sampleOf('create_product'), userErrors: [] } },
  },
  update_product: {
    input: { id: gid('Product'), status: 'ACTIVE' },
    variables: { product: { id: gid('Product'), status: 'ACTIVE' } },
    data: { productUpdate: { product: sampleOf('update_product'), userErrors: [] } },
  },
  update_variant_price: {
    input: { product_id: gid('Product'), variant_id: gid('ProductVariant'), price: '29.95' },
    variables: { productId: gid('Product'), variants: [{ id: gid('ProductVariant'), price: '29.95' }] },
    data: { productVariantsBulkUpdate: { productVariants: [sampleOf('update_variant_price')], userErrors: [] } },
  },
  adjust_inventory: {
    input: { inventory_item_id: gid('InventoryItem'), location_id: gid('Location'), delta: 5, reason: 'restock' },
    variables: {
      key: 'run-1:step',
      input: {
        name: 'available',
        reason: 'restock',
        changes: [
          { delta: 5, changeFromQuantity: null, inventoryItemId: gid('InventoryItem'), locationId: gid('Location') },
        ],
      },
    },
    data: { inventoryAdjustQuantities: { inventoryAdjustmentGroup: sampleOf('adjust_inventory'), userErrors: [] } },
  },
  list_locations: {
    input: {},
    variables: {},
    data: { locations: onePage(sampleOf('list_locations')['locations'] ?? null) },
  },
};

for (const [action, { input, variables, data }] of Object.entries(contracts))
  test(`shopify.${action}`, async () => {
    assert.deepEqual(compileSchema(actions[action]?.input ?? {})(input), []);
    const { outcome, received } = await service.call(action, input, (_request, response) => json(response, { data }));
    assert.deepEqual(outputOf(outcome), actions[action]?.sample);
    assert.deepEqual(outcome.ok && outcome.warnings, undefined);
    const [request] = received;
    assert.equal(`${request?.method} ${request?.url}`, `POST ${api}`);
    const body = JSON.parse(request?.body ?? '') as { query: string; variables: Json };
    assert.deepEqual(body.variables, variables);
    // Each variable that is sent is one that the query declares.
    for (const name of Object.keys(variables))
      assert.match(body.query, new RegExp(`^(query|mutation)\\(.*\\$${name}: `));
  });

test('shopify: every action has its contract', () =>
  assert.deepEqual(Object.keys(contracts).toSorted(), Object.keys(actions).toSorted()));

test('shopify: an access token goes along as it is, and is not exchanged again where it is refused', async () => {
  const { outcome, received } = await service.call(undefined, {}, (_request, response) =>
    json(response, { data: { shop: { name: 'Acme', myshopifyDomain: 'acme.myshopify.com' } } }),
  );
  assert.deepEqual(outputOf(outcome), { identity: 'Acme (acme.myshopify.com)' });
  assert.equal(received[0]?.headers['x-shopify-access-token'], 'shpat_0123');
  const refused = await service.call('list_locations', {}, (_request, response) =>
    json(response, { errors: '[API] Invalid API key or access token' }, 401),
  );
  assert.equal(failureOf(refused.outcome).class, 'credential');
  assert.match(failureOf(refused.outcome).message, /Invalid API key/);
  assert.equal(refused.received.length, 1);
});

test('shopify: client id and secret are exchanged for a token, which goes along', async () => {
  const client = new ServiceUnderTest(
    'shopify',
    { client_secret: 'shpss_0123' },
    { shop: 'https://acme.myshopify.com', client_id: 'abc' },
  );
  assert.deepEqual(client.plan.hosts, ['acme.myshopify.com']);
  assert.deepEqual(client.plan.secrets, ['client_secret']);
  const { outcome, received } = await client.call('list_locations', {}, ({ url }, response) =>
    url === '/admin/oauth/access_token'
      ? json(response, { access_token: 'shpat_made', scope: 'read_locations', expires_in: 86399 })
      : json(response, { data: contracts['list_locations']?.data ?? null }),
  );
  assert.ok(outcome.ok);
  assert.equal(received[0]?.body, 'grant_type=client_credentials&client_id=abc&client_secret=shpss_0123');
  assert.equal(received[1]?.headers['x-shopify-access-token'], 'shpat_made');
});

test('shopify: lists go on by the cursor', async () => {
  const { outcome, received } = await service.call('list_orders', { limit: 60 }, (request, response) => {
    const { variables } = JSON.parse(request.body) as { variables: { after?: string } };
    const nodes = Array.from({ length: 50 }, () => sampleOf('update_order'));
    json(response, { data: { orders: { nodes, pageInfo: { hasNextPage: variables.after !== 'b', endCursor: 'b' } } } });
  });
  const { orders, more } = outputOf(outcome) as { orders: object[]; more: boolean };
  assert.deepEqual([orders.length, more, received.length], [60, true, 2]);
});

test('shopify: failures are told apart, though GraphQL answers 200', async () => {
  const read = (status: number, body: Json): ReturnType<typeof service.failure> =>
    service.failure('list_locations', {}, status, body);
  const cost = {
    requestedQueryCost: 252,
    throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 52, restoreRate: 100 },
  };
  const throttled = await read(200, {
    errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
    extensions: { cost },
  });
  assert.deepEqual([throttled.class, throttled.retryAfterMs], ['retryable', 2000]);
  const denied = await read(200, {
    errors: [{ message: 'Access denied for locations field.', extensions: { code: 'ACCESS_DENIED' } }],
  });
  assert.equal(denied.class, 'credential');
  assert.match(denied.message, /Access denied for locations/);
  const broken = { errors: [{ message: 'Internal error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] };
  assert.equal((await read(200, broken)).class, 'retryable');
  assert.equal((await service.failure('create_product', { title: 'x' }, 200, broken)).class, 'uncertain');
  assert.equal((await read(402, { errors: 'Unavailable Shop' })).class, 'credential');
  assert.equal((await read(404, { errors: 'Not Found' })).class, 'permanent');
  const wrong = await read(200, { errors: [{ message: "Field 'x' doesn't exist" }] });
  assert.deepEqual([wrong.class, wrong.message], ['permanent', "Shopify answered 200: Field 'x' doesn't exist"]);
  const taken = await service.failure('create_customer', { email: 'ada@example.com' }, 200, {
    data: {
      customerCreate: { customer: null, userErrors: [{ field: ['email'], message: 'Email has already been taken' }] },
    },
  });
  assert.deepEqual(
    [taken.class, taken.message],
    ['permanent', 'Shopify refuses it: email Email has already been taken'],
  );
  const busy = { code: 'IDEMPOTENCY_CONCURRENT_REQUEST', field: null, message: 'Being processed' };
  const concurrent = await service.failure('adjust_inventory', contracts['adjust_inventory']?.input ?? {}, 200, {
    data: { inventoryAdjustQuantities: { inventoryAdjustmentGroup: null, userErrors: [busy] } },
  });
  assert.equal(concurrent.class, 'retryable');
  const gone = await service.failure('get_order', { order_id: gid('Order') }, 200, { data: { order: null } });
  assert.match(gone.message, /no such order/);
});
