import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { schemaProblems } from '../../src/compiler/schema-problems.ts';
import { formatPointer } from '../../src/json/pointer.ts';
import { compileSchema } from '../../src/json/schema.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { wholeSchema } from '../language/arbitrary-schema.ts';

test('what the runner could not compile is found before, at its place', () => {
  const cases: [JsonObject, string][] = [
    [{ type: 'strng' }, '/type'],
    [{ type: 'object', properties: { a: { minLength: 'x' } } }, '/properties/a/minLength'],
    [{ type: 'string', pattern: '(' }, '/pattern'],
    [{ type: 'string', pattern: '(?<=a)b' }, '/pattern'],
    [{ patternProperties: { '[': {} } }, '/patternProperties/['],
    [{ anyOf: [{}, { items: { $ref: '#/$defs/nothing' } }] }, '/anyOf/1/items/$ref'],
    [{ $ref: 'https://example.com/schema.json' }, '/$ref'],
  ];
  for (const [schema, place] of cases) {
    assert.deepEqual(
      schemaProblems(schema).map(({ path }) => formatPointer(path)),
      [place],
    );
    assert.throws(() => compileSchema(schema), JSON.stringify(schema));
  }
});

test('what looks like a keyword in a constant or an example is none', () => {
  assert.deepEqual(schemaProblems({ const: { pattern: '(' }, examples: [{ $ref: 'x' }], enum: [{ $ref: '#/y' }] }), []);
});

test('what has no problem can be compiled', () => {
  fc.assert(
    fc.property(wholeSchema, (schema) => {
      if (schemaProblems(schema).length === 0) compileSchema(schema);
    }),
  );
});
