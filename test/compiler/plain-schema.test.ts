import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPlainSchema } from '../../src/compiler/plain-schema.ts';
import { validateJsonSchema } from '../../src/generated/validators.js';
import type { Json } from '../../src/json/value.ts';

const KEYWORDS =
  'type properties required additionalProperties items enum const title description default examples deprecated format minLength maxLength minItems maxItems minimum maximum exclusiveMinimum exclusiveMaximum x-sensitive pattern $ref anyOf constructor'.split(
    ' ',
  );

const { schema } = fc.letrec<{ schema: Json; value: Json }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.boolean(),
    fc.dictionary(fc.constantFrom(...KEYWORDS), tie('value'), { maxKeys: 3 }),
  ),
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>('string', 'object', 'a', 0, 1, -1, 1.5, true, null),
    fc.array(fc.constantFrom<Json>('a', 'b', 1)),
    tie('schema'),
    fc.dictionary(fc.constantFrom('a', 'b', 'toString'), tie('schema')),
  ),
}));

test('what is taken for a schema without being validated is one', () => {
  let taken = 0;
  fc.assert(
    fc.property(schema, (one) => {
      if (!isPlainSchema(one)) return;
      taken++;
      assert.ok(validateJsonSchema(one), JSON.stringify(one));
    }),
    { numRuns: 3000 },
  );
  assert.ok(taken > 300, `${taken} of 3000`);
});

const OWN_PROTO = JSON.parse('{ "properties": { "__proto__": {} } }') as Json;

test('the keywords that most schemas have are plain; references and patterns are not', () => {
  const body = { type: 'object', required: ['a'], properties: { a: { type: 'string', maxLength: 3 } } };
  assert.equal(isPlainSchema(body), true);
  for (const inner of [
    { $ref: '#/a' },
    { pattern: '(' },
    { type: 'text' },
    { constructor: 1 },
    { enum: [] },
    OWN_PROTO,
  ])
    assert.equal(isPlainSchema({ ...body, properties: { a: inner } }), false, JSON.stringify(inner));
});
