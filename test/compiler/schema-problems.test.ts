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
    [{ $ref: '#/definitions/a', definitions: { a: { $ref: '#/definitions/b' } } }, '/definitions/a/$ref'],
    [{ $ref: '#/definitions/a', definitions: { a: { pattern: '(?=a)' } } }, '/definitions/a/pattern'],
    [{ $ref: '#/parts/0', parts: [{ type: 'strng' }] }, '/parts/0/type'],
    [{ $ref: '#/parts/0', parts: [{ pattern: '(?=a)' }] }, '/parts/0/pattern'],
    [{ dependencies: { a: { pattern: '(?=a)' } } }, '/dependencies/a/pattern'],
    [{ enum: [] }, '/enum'],
    [{ properties: { a: { type: 'string', enum: [] } } }, '/properties/a/enum'],
    [{ nullable: true, allOf: [{ type: 'string' }] }, '/nullable'],
    [{ type: 'string', nullable: 'yes' }, '/nullable'],
    [{ type: ['string', 'null'], nullable: false }, '/nullable'],
    [{ $async: true, type: 'string' }, '/$async'],
    [{ $defs: { a: { $id: 'https://example.com/a', $ref: '#/$defs/b' }, b: {} }, $ref: '#/$defs/a' }, '/$defs/a/$id'],
    [{ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } }, '/$defs/a/$ref'],
    [{ $ref: '#/$defs/%zz', $defs: { '%zz': {} } }, '/$ref'],
  ];
  for (const [schema, place] of cases) {
    assert.deepEqual(
      schemaProblems(schema).map(({ path }) => formatPointer(path)),
      [place],
    );
    assert.throws(() => compileSchema(schema), JSON.stringify(schema));
  }
});

test('what would be compiled and then never end, or be taken for something else, is found too', () => {
  const cases: [JsonObject, string[]][] = [
    [{ $ref: '#' }, ['/$ref']],
    [{ anyOf: [{ type: 'string' }, { not: { $ref: '#' } }] }, ['/anyOf/1/not/$ref']],
    [
      { if: { $ref: '#/$defs/a' }, $defs: { a: { dependentSchemas: { x: { $ref: '#' } } } } },
      ['/$defs/a/dependentSchemas/x/$ref'],
    ],
    [{ $ref: '#name', $defs: { a: { $anchor: 'name' } } }, ['/$ref', '/$defs/a/$anchor']],
    [{ $dynamicRef: '#name' }, ['/$dynamicRef']],
    [
      JSON.parse('{ "type": "object", "properties": { "__proto__": { "type": "string" } } }') as JsonObject,
      ['/properties/__proto__'],
    ],
  ];
  for (const [schema, places] of cases)
    assert.deepEqual(
      schemaProblems(schema).map(({ path }) => formatPointer(path)),
      places,
    );
});

test('a reference that comes back after a step into the value is good', () => {
  const tree = {
    type: 'object',
    properties: { left: { $ref: '#' }, right: { anyOf: [{ $ref: '#' }, { type: 'null' }] } },
  };
  const twice = { allOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/a' }], $defs: { a: { type: 'string' } } };
  for (const schema of [tree, twice]) assert.deepEqual(schemaProblems(schema), []);
});

const next = (index: number): object => ({ properties: { next: { $ref: `#/$defs/d${index + 1}` } } });

const same = (index: number): object => ({ $ref: `#/$defs/d${index + 1}` });

test('a schema that is too large for the validator is found', () => {
  for (const node of [next, same]) {
    const nodes = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`d${index}`, node(index)]));
    const [problem] = schemaProblems({ $ref: '#/$defs/d0', $defs: { ...nodes, d5000: {} } });
    assert.match(problem?.message ?? '', /^(too many references|the schema is too large)/);
  }
});

test('keywords that nobody knows are passed over, those of old drafts too', () => {
  for (const schema of [
    { id: 'order', type: 'string' },
    { type: 'string', formatMinimum: 5 },
    { type: 'string', 'x-order': 1 },
  ]) {
    assert.deepEqual(schemaProblems(schema), []);
    assert.deepEqual(compileSchema(schema)('a'), []);
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
