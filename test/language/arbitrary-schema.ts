import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/json/value.ts';

const NAMES = ['a', 'b', 'c'] as const;
const texts = fc.constantFrom('', 'a', 'b', 'ab', '2026-01-31', 'x@example.com', '𝒳𝒴');

/** Values of all kinds, small enough that many fit the schemas below. */
export const { value: anyValue } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'value' },
    fc.constant(null),
    fc.boolean(),
    fc.oneof(fc.integer({ min: -3, max: 6 }), fc.constantFrom(0.5, 1.5)),
    texts,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

const leaf: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record(
    {
      type: fc.constant('string'),
      minLength: fc.nat(2),
      maxLength: fc.integer({ min: 1, max: 12 }),
      pattern: fc.constantFrom('^a', 'b$'),
      format: fc.constantFrom('date', 'email', 'made-up'),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    {
      type: fc.constantFrom('integer', 'number'),
      minimum: fc.integer({ min: -3, max: 1 }),
      maximum: fc.integer({ min: 1, max: 6 }),
      exclusiveMinimum: fc.integer({ min: -3, max: 1 }),
      exclusiveMaximum: fc.integer({ min: 2, max: 6 }),
      multipleOf: fc.constantFrom(1, 2, 0.5),
    },
    { requiredKeys: ['type'] },
  ),
  fc.constantFrom<JsonObject>(
    { type: 'string' },
    { type: 'boolean' },
    { type: 'null' },
    { type: 'integer' },
    { type: ['string', 'null'] },
    { type: 'string', nullable: true },
    { enum: ['a', 'b'] },
    { enum: ['a', 1, null, { a: 1 }] },
    { const: 1 },
    { const: [1, 'a'] },
    { const: { a: 'a' } },
    { type: 'string', enum: ['a', 'ab', 3] },
    {},
    { minLength: 2 },
    { type: 'boolean', not: { const: true } },
  ),
);

/** Schemas as they are found in the wild: choices, compositions, references with cycles, tuples, what types cannot say. */
export const { schema } = fc.letrec<{ schema: JsonObject; object: JsonObject; list: JsonObject; mixed: JsonObject }>(
  (tie) => ({
    schema: fc.oneof({ maxDepth: 3, depthIdentifier: 'schema' }, leaf, leaf, tie('object'), tie('list'), tie('mixed')),
    object: fc.record(
      {
        type: fc.constant('object'),
        properties: fc.dictionary(fc.constantFrom(...NAMES), tie('schema'), { maxKeys: 3 }),
        required: fc.subarray([...NAMES]),
        additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
        minProperties: fc.nat(2),
        patternProperties: fc.dictionary(fc.constantFrom('^a', 'c'), tie('schema'), { minKeys: 1, maxKeys: 1 }),
        dependentRequired: fc.constantFrom<JsonObject>({ a: ['b'] }),
        unevaluatedProperties: fc.constant(false),
      },
      { requiredKeys: ['type', 'properties'] },
    ),
    list: fc.record(
      {
        type: fc.constant('array'),
        items: fc.oneof(tie('schema'), fc.constant(false)),
        prefixItems: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
        minItems: fc.nat(2),
        maxItems: fc.integer({ min: 1, max: 3 }),
        uniqueItems: fc.constant(true),
        contains: leaf,
      },
      { requiredKeys: ['type'] },
    ),
    mixed: fc.oneof(
      fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
      fc.record({ $ref: fc.constantFrom('#/$defs/text', '#/$defs/node', '#/$defs/no-such') }),
      fc.tuple(tie('object'), tie('object')).map(([one, other]) => ({ ...one, allOf: [other] })),
      fc.tuple(tie('schema'), tie('schema')).map(([one, other]) => ({ ...one, if: other, else: leafText })),
    ),
  }),
);

const leafText = { type: 'string' };

const DEFINITIONS = {
  text: { type: 'string', minLength: 1 },
  node: { type: 'object', properties: { a: { $ref: '#/$defs/node' }, b: { $ref: '#/$defs/text' } } },
  'no-such': {},
};

/** A schema with what its references name. */
export const wholeSchema: fc.Arbitrary<JsonObject> = schema.map((one) => ({ ...one, $defs: DEFINITIONS }));
