import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSharedSchemas } from '../../src/connectors/shared-schemas.ts';
import type { Action, Connector } from '../../src/generated/connector.ts';
import type { JsonObject } from '../../src/json/value.ts';

const address = { type: 'object', properties: { city: { type: 'string' } } };
const order = { type: 'object', properties: { to: { $ref: '#/$defs/address', description: 'Where it goes.' } } };

function connectorWith(output: JsonObject, $defs: { [name: string]: JsonObject } = { address, order }): Connector {
  const request = { method: 'GET', path: '/' };
  const get: Action = { title: 'Get', description: 'Gets.', effect: 'read', input: {}, output, request };
  const named = { name: 'shop', title: 'Shop', version: '1.0.0', description: 'Sells.' };
  return { ...named, $defs, actions: { get } };
}

function filled(output: JsonObject, $defs?: { [name: string]: JsonObject }): JsonObject | undefined {
  return withSharedSchemas(connectorWith(output, $defs)).actions['get']?.output;
}

test('a shared schema stands where it is referred to, with what stands beside the reference', () => {
  const to = { ...address, description: 'Where it goes.' };
  assert.deepEqual(filled({ $ref: '#/$defs/order' }), { type: 'object', properties: { to } });
  const list = { type: 'array', items: { $ref: '#/$defs/address' } };
  assert.deepEqual(filled({ type: 'object', properties: { list } }), {
    type: 'object',
    properties: { list: { type: 'array', items: address } },
  });
  assert.equal('$defs' in withSharedSchemas(connectorWith({})), false);
});

test('definitions of a schema’s own are meant by its references; what leads nowhere or in a circle stays', () => {
  const own = { $defs: { order: { type: 'string' } }, $ref: '#/$defs/order' };
  assert.deepEqual(filled(own), own);
  assert.deepEqual(filled({ $ref: '#/$defs/unknown' }), { $ref: '#/$defs/unknown' });
  const tree = { type: 'array', items: { $ref: '#/$defs/tree' } };
  assert.deepEqual(filled({ $ref: '#/$defs/tree' }, { tree }), tree);
});
