import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateConnector } from '../../src/generated/validators.js';
import { describeSchemaErrors } from '../../src/json/schema-issue.ts';

/** What is said of a connector with this auth. */
function saidOf(auth: unknown): string[] {
  const connection = { fields: {}, hosts: [], auth };
  const connector = { name: 'shop', title: 'Shop', version: '1.0.0', description: 'A shop.', actions: {}, connection };
  assert.equal(validateConnector(connector), false);
  return describeSchemaErrors(validateConnector.errors ?? []).map(
    ({ pointer, message }) => `${pointer.replace('/connection/auth', '')} ${message}`,
  );
}

test('what a value says that it is, by a constant, is what it is held against', () => {
  const code = { type: 'oauth2', grant: 'authorization_code', authorize_url: 'https://a.example', client_id: 'x' };
  assert.deepEqual(saidOf(code), [' lacks the property `token_url`']);
  assert.deepEqual(saidOf({ ...code, token_url: 'https://a.example', pkce: 's256' }), [
    '/pkce must be one of "S256", "plain", "none"',
  ]);
  assert.deepEqual(saidOf({ type: 'bearer', tokn: 'x' }), [
    ' lacks the property `token`',
    ' has the unknown property `tokn`',
  ]);
});

test('of what is none of the kinds, only that is said', () => {
  assert.deepEqual(saidOf({ type: 'oauth2', grant: 'auth_code' }), [
    '/grant must be "authorization_code" or "client_credentials"',
  ]);
  assert.deepEqual(saidOf({ type: 'bearr', token: 'x' }), [
    '/type must be "api_key" or "bearer" or "basic" or "custom" or "token_exchange" or "oauth2"',
  ]);
  assert.deepEqual(saidOf('x'), [' must be an object or an array']);
});

test('of an object or a list of them, the one that it is counts', () => {
  assert.deepEqual(saidOf([{ auth: { type: 'basic' } }]), ['/0/auth lacks the property `username`']);
});
