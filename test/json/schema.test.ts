import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../src/json/value.ts';
import { parseJson } from '../../src/json/parse.ts';
import { compileSchema } from '../../src/json/schema.ts';

test('issues name the place and what is wrong in plain words', () => {
  const check = compileSchema({
    type: 'object',
    required: ['text'],
    additionalProperties: false,
    properties: {
      text: { type: 'string', minLength: 1 },
      size: { enum: ['s', 'm'] },
      mail: { type: 'string', format: 'email' },
      a: { type: ['string', 'null'] },
    },
  });
  assert.deepEqual(check({ text: 'x', size: 's', mail: 'a@example.com', a: null }), []);
  assert.deepEqual(
    check({ message: 'x', size: 'l', mail: 'nobody', a: 1 }).map(({ pointer, message }) => `${pointer}: ${message}`),
    [
      ': lacks the property `text`',
      ': has the unknown property `message`',
      '/size: must be one of "s", "m"',
      '/mail: must be a valid email',
      '/a: must be a string or null',
    ],
  );
});

test('a pattern that hangs other engines is decided at once', () => {
  const check = compileSchema({ type: 'string', pattern: '^(a+)+$' });
  assert.deepEqual(check('a'.repeat(5000)), []);
  assert.equal(check('a'.repeat(5000) + '!')[0]?.keyword, 'pattern');
});

test('each pattern of a schema is its own', () => {
  const check = compileSchema({ properties: { a: { pattern: '^a$' }, b: { pattern: '^b$' } } });
  assert.deepEqual(check({ a: 'a', b: 'b' }), []);
  assert.deepEqual(
    check({ a: 'b', b: 'b' }).map((issue) => issue.pointer),
    ['/a'],
  );
});

test('a number that a double cannot hold is still an integer', () => {
  const check = compileSchema({ properties: { id: { type: 'integer', minimum: 10 } } });
  assert.deepEqual(check(parseJson('{"id":1234567890123456789}')), []);
  assert.equal(check(parseJson('{"id":-1234567890123456789}')).length, 1);
});

test('a schema that is not one is refused', () => {
  assert.throws(() => compileSchema({ type: 'strnig' }), /type/);
});

test('of a choice of kinds one issue names them all', () => {
  const check = compileSchema({ oneOf: [{ enum: ['fail', 'continue'] }, { type: 'array' }, { type: 'null' }] });
  assert.deepEqual(
    check('ignore').map(({ message }) => message),
    ['must be one of "fail", "continue" or an array or null'],
  );
});

test('what every object inherits is no property of it', () => {
  const check = compileSchema({ type: 'object', properties: { constructor: { type: 'string' } } });
  assert.deepEqual(check({}), []);
  assert.equal(compileSchema({ type: 'object', required: ['toString'] })({}).length, 1);
});

test('a validator that gives promises is refused: what it refuses would be taken for good', () => {
  assert.throws(() => compileSchema({ $async: true, type: 'string' }), /\$async/);
});

test('two schemas may have the same $id', () => {
  const schema = { $id: 'https://example.com/a', type: 'string' };
  assert.deepEqual(compileSchema(schema)('x'), []);
  assert.deepEqual(compileSchema(schema)('x'), []);
});

test('objects that pass for something else are refused, not thrown at', () => {
  const check = compileSchema({ type: 'array', uniqueItems: true });
  assert.equal(check([{ valueOf: 1 }, { valueOf: 1 }])[0]?.keyword, 'uniqueItems');
  assert.deepEqual(check([{ a: 1 }, { a: 2 }]), []);
});

const nested = (levels: number): Json => parseJson(`${'['.repeat(levels)}${']'.repeat(levels)}`);

test('what is nested without end is refused, not thrown at', () => {
  for (const schema of [{}, { type: 'array', items: { $ref: '#' } }]) {
    assert.deepEqual(compileSchema(schema)(nested(400)), []);
    assert.equal(compileSchema(schema)(nested(100_000))[0]?.message, 'is nested deeper than 500 levels');
  }
});
