import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packing, readBody } from '../../../src/connectors/webhooks/body.ts';

const FORM = 'application/x-www-form-urlencoded';
const read = (type: string | undefined, text: string): unknown => readBody(type, new TextEncoder().encode(text));

test('JSON and forms are read; a name that comes twice is a list', () => {
  assert.deepEqual(read(undefined, '{"a":1}'), { value: { a: 1 } });
  assert.deepEqual(read('application/cloudevents+json; charset=utf-8', '[1]'), { value: [1] });
  assert.deepEqual(read(FORM, 'a=1&b=x%20y&a=2'), { value: { a: ['1', '2'], b: 'x y' } });
});

test('JSON that came as a form, as curl sends it, is told from a form', () => {
  assert.deepEqual(read(FORM, ' {"text":"Hello"}'), {
    status: 415,
    reason: 'the body is JSON, and its content type says that it is a form: send application/json',
  });
  assert.deepEqual(read(FORM, '{a=1'), { value: { '{a': '1' } });
});

test('what cannot be read says why', () => {
  assert.match(JSON.stringify(read('text/xml', '<a/>')), /415.*text\/xml is not taken/);
  assert.match(JSON.stringify(read(undefined, '{"a":')), /400.*not JSON/);
  assert.deepEqual(readBody(undefined, Uint8Array.of(0xff)), { status: 400, reason: 'the body is not UTF-8' });
});

test('a packed body is known by its header; identity and charsets are none', () => {
  assert.deepEqual(['GZIP', 'identity, br', ['zstd']].map(packing), ['gzip', 'br', 'zstd']);
  assert.deepEqual([undefined, '', 'identity', 'utf-8'].map(packing), [undefined, undefined, undefined, undefined]);
});
