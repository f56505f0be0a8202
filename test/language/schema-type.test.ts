import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/json/value.ts';
import { typeFromSchema, typeOfConstant } from '../../src/language/schema-type.ts';
import { describeType, mayBe, unionOf, without } from '../../src/language/types.ts';

test('a schema is described in words', () => {
  const cases: [JsonObject, string][] = [
    [{ type: 'string' }, 'string'],
    [{ type: 'string', format: 'email' }, 'string (email)'],
    [{ enum: ['a', 'b'] }, '"a" | "b"'],
    [{ const: 3 }, '3'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ type: 'string', nullable: true }, 'string | null'],
    [{ type: 'array', items: { anyOf: [{ type: 'integer' }, { type: 'boolean' }] } }, 'array of (integer | boolean)'],
    [
      { type: 'object', required: ['a'], properties: { a: { type: 'string' }, b: { type: 'number' } } },
      '{ a: string, b?: number, … }',
    ],
    [{ type: 'object', additionalProperties: false, properties: { a: {} } }, '{ a?: unknown }'],
    [{ type: 'object', additionalProperties: { type: 'string' } }, 'object of string'],
    [{}, 'unknown'],
    [{ minLength: 3 }, 'unknown'],
  ];
  for (const [schema, words] of cases) assert.equal(describeType(typeFromSchema(schema)), words);
});

test('references are followed, and a cycle ends', () => {
  const schema = {
    $defs: { 'a/b': { type: 'string' }, node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } },
    type: 'object',
    properties: { text: { $ref: '#/$defs/a~1b' }, node: { $ref: '#/$defs/node' } },
  };
  assert.match(describeType(typeFromSchema(schema)), /^\{ node\?: \{ next\?: [^]*, text\?: string/);
});

test('a required property without a schema is known to be there', () => {
  const type = typeFromSchema({ type: 'object', required: ['id'] });
  assert.ok(type.kind === 'object');
  assert.deepEqual(type.properties.get('id'), { type: { kind: 'unknown' }, required: true });
});

test('a constant is exactly its value', () => {
  assert.equal(describeType(typeOfConstant({ a: [1, 'x'], b: null, c: true })), '{ a: [1, "x"], b: null, c: true }');
});

test('unions are flat and without repeats', () => {
  const text = { kind: 'string' } as const;
  const union = unionOf([text, unionOf([text, { kind: 'absent' }])]);
  assert.equal(describeType(union), 'string (may be absent)');
  assert.equal(mayBe(union, 'absent'), true);
  assert.deepEqual(without(union, 'absent'), text);
  assert.equal(unionOf([]).kind, 'never');
});
