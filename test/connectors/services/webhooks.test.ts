import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyFields } from '../../../src/connectors/connection-fields.ts';
import { builtinCatalog } from '../../../src/connectors/builtin.ts';
import type { WebhookScheme } from '../../../src/generated/connector.ts';
import { schemeOf } from '../webhooks/schemes.ts';

const catalog = builtinCatalog();

for (const name of ['github', 'slack', 'stripe'])
  test(`${name}: its webhooks are proved as its vectors are, by a secret field that may be left out`, () => {
    const connector = catalog.get(name);
    const scheme = connector?.webhook_schemes?.[name];
    assert.ok(scheme);
    const [key = ''] = keyFields(scheme.key);
    const field = connector?.connection?.fields[key];
    assert.deepEqual([field?.secret, field?.required], [true, false]);
    assert.deepEqual(proof(scheme), proof(schemeOf(name)));
    assert.ok(scheme.delivery_id !== undefined && scheme.event !== undefined);
  });

/** What decides whether a request is genuine. */
function proof({ algorithm, key, signed, signature, encoding, timestamp, delivery_id }: WebhookScheme): object {
  return { algorithm, key: { ...key, field: 'secret' }, signed, signature, encoding, timestamp, delivery_id };
}
