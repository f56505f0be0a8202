import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { builtinCatalog } from '../../src/connectors/builtin.ts';
import { searchCatalog } from '../../src/connectors/search.ts';
import { CATALOG_REQUESTS } from './catalog-requests.ts';

const catalog = builtinCatalog();
const found = (words: string): string[] => searchCatalog(catalog, words, 5).map(({ name }) => name);

test('of 100 plain requests, nine in ten find the action that is meant among the first five', () => {
  const known = new Set(
    catalog
      .names()
      .flatMap((name) => Object.keys(catalog.get(name)?.actions ?? {}).map((action) => `${name}.${action}`)),
  );
  const missed = CATALOG_REQUESTS.filter(([request, ...actions]) => {
    for (const action of actions) assert.ok(known.has(action), `there is no ${action}`);
    const hits = found(request);
    return !actions.some((action) => hits.includes(action));
  });
  assert.equal(CATALOG_REQUESTS.length, 100);
  assert.ok(missed.length <= 10, missed.map(([request]) => `${request}: ${found(request).join(', ')}`).join('\n'));
});

test('an action and a service are found first by their own names', () => {
  for (const name of catalog.names()) {
    const connector = catalog.get(name);
    assert.equal(found(name)[0], name);
    for (const [action, { title }] of Object.entries(connector?.actions ?? {}))
      assert.ok(found(`${connector?.title} ${title}`).includes(`${name}.${action}`), `${name}: ${title}`);
  }
});

test('misspelled, in another form, or in British English', () => {
  assert.ok(found('slack mesage to chanel').includes('slack.send_message'));
  assert.equal(found('refunding payments in stripe')[0], 'stripe.refund_payment');
  assert.ok(found('summarise a document').includes('anthropic.message_to_ai'));
});

test('what happens is found where it is asked for, and does not stand before what is to be done', () => {
  assert.equal(found('when a new order is placed')[0], 'shopify.order_created');
  assert.ok(found('whenever a contact changes in hubspot').includes('hubspot.record_updated'));
  assert.ok(!found('create an order for a customer').slice(0, 2).includes('shopify.order_created'));
});

test('words that say nothing find nothing, and no words throw', () => {
  assert.deepEqual(found('and what would you do with it'), []);
  assert.deepEqual(found('xyzzy'), []);
  fc.assert(
    fc.property(fc.string(), (words) => Array.isArray(found(words))),
    { numRuns: 20 },
  );
});

test('what happens at a service is found by its title, also without a word such as when', () => {
  assert.ok(found('github issue opened').slice(0, 3).includes('github.issue_opened'));
  assert.equal(found('shopify new order')[0], 'shopify.order_created');
});
