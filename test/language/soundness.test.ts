import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileSchema } from '../../src/json/schema.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/json/value.ts';
import { assignable } from '../../src/language/assign.ts';
import { compileTemplate } from '../../src/language/evaluate.ts';
import { EvaluationError } from '../../src/language/evaluation-error.ts';
import { inferTemplate } from '../../src/language/infer.ts';
import { typeFromSchema } from '../../src/language/schema-type.ts';
import { admits } from './admits.ts';

/** What may happen at run time although the types fit: only what arithmetic and bounds bring about. */
const ALLOWED_ERRORS = new Set(['no_result', 'division_by_zero', 'number_overflow', 'too_many_steps', 'too_large']);
/** What `expect` is there for. */
const EXPECT_ERRORS = new Set(['wrong_operand', 'absent_value']);

const leaf = fc.oneof(
  fc.record({ type: fc.constant('string'), minLength: fc.nat(2) }),
  fc.record({
    type: fc.constantFrom('integer', 'number'),
    minimum: fc.integer({ min: -3, max: 0 }),
    maximum: fc.integer({ min: 1, max: 5 }),
  }),
  fc.constantFrom<JsonObject>(
    { type: 'boolean' },
    { type: 'string' },
    { type: 'integer' },
    { enum: ['a', 'b'] },
    { type: ['string', 'null'] },
    { const: 1 },
  ),
);
const { schema } = fc.letrec<{ schema: JsonObject; object: JsonObject }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 2 },
    leaf,
    tie('object'),
    fc.record({ type: fc.constant('array'), items: tie('schema') }),
  ),
  object: fc.record({
    type: fc.constant('object'),
    properties: fc.record({ a: tie('schema'), b: tie('schema') }),
    required: fc.subarray(['a', 'b']),
    additionalProperties: fc.constantFrom(true, false),
  }),
}));

function valueOf(of: Json | undefined): fc.Arbitrary<Json> {
  if (!isJsonObject(of)) return fc.constant(null);
  if (Array.isArray(of['enum'])) return fc.constantFrom(...of['enum']);
  if (Object.hasOwn(of, 'const')) return fc.constant(of['const'] ?? null);
  if (Array.isArray(of['type'])) return fc.oneof(fc.string(), fc.constant(null));
  switch (of['type']) {
    case 'string':
      return fc.string({ minLength: Number(of['minLength'] ?? 0) });
    case 'integer':
    case 'number':
      return fc.integer({ min: Number(of['minimum'] ?? -9), max: Number(of['maximum'] ?? 9) });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(valueOf(of['items']), { maxLength: 3 });
    default: {
      const { properties, required } = of as { properties: JsonObject; required: ('a' | 'b')[] };
      return fc.record({ a: valueOf(properties['a']), b: valueOf(properties['b']) }, { requiredKeys: required });
    }
  }
}

function targetOf(source: JsonObject): fc.Arbitrary<JsonObject> {
  const parts = Object.values(isJsonObject(source['properties']) ? source['properties'] : {}).filter(isJsonObject);
  return fc.oneof(schema, fc.constantFrom(source, ...parts), fc.constant<JsonObject>({}));
}

const path = fc
  .array(fc.constantFrom('.a', '.b', '?.a', '?.b', '?.[0]', '.length', '?.length'), { maxLength: 3 })
  .map((parts) => `root${parts.join('')}`);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3 },
    path,
    fc.constantFrom('1', "'x'", 'true', 'null', '0.5'),
    fc
      .tuple(tie('expression'), fc.constantFrom('??', '+', '-', '*', '===', '<', '&&', '||'), tie('expression'))
      .map(([l, o, r]) => `((${l}) ${o} (${r}))`),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([c, l, r]) => `((${c}) ? (${l}) : (${r}))`),
    fc
      .tuple(
        path,
        fc.constantFrom(
          '.map(x => x)',
          '.map(x => [x, 1])',
          '.filter(x => x === 1)',
          '.find(x => x !== 1)',
          ".join(',')",
          '.trim()',
          ".includes('a')",
          '?.map(x => x?.a ?? 0)',
          '.slice(1)',
          '.unique()',
          '.flatten()',
          '.chunk(2)',
          '.concat([1])',
          '.sort_by(x => x.a)',
          '.group_by(x => x.b)',
          '.sum()',
          ".split('a')",
          '.truncate(2)',
          ".extract('a(b?)')",
        ),
      )
      .map(([p, m]) => p + m),
    tie('expression').map((inner) => `[${inner}]`),
    tie('expression').map((inner) => `{ a: ${inner} }.a`),
    tie('expression').map((inner) => `({ a: ${inner}, b: 1 })`),
    tie('expression').map((inner) => `try(${inner}, 1)`),
    tie('expression').map((inner) => `expect(${inner}, 'string')`),
    tie('expression').map((inner) => `-(${inner})`),
    tie('expression').map((inner) => `(${inner}) === undefined`),
    fc
      .tuple(
        fc.constantFrom(
          'object.pick(#, ["a"])',
          'object.omit(#, ["a"])',
          'object.merge(#, { b: 1 })',
          'object.merge({ a: 1 }, #)',
          'object.keys(#)',
          'object.values(#)',
          'object.entries(#)',
          'object.from_entries(object.entries(#))',
          'json.text(#)',
          'number.round(#)',
          'number.max(#, 2)',
          'number.abs(#)',
          "phone.valid(#, 'ES')",
          'url.query(#)',
        ),
        tie('expression'),
      )
      .map(([call, inner]) => call.replace('#', () => inner)),
  ),
}));

test('the inferred type admits every value, and what fits a field validates against it', (context) => {
  const verdicts = new Map<string, number>();
  fc.assert(
    fc.property(
      // Often a part of a value goes to where just that part fits: by chance alone few mappings would fit.
      schema.chain((source) => fc.tuple(fc.constant(source), valueOf(source), targetOf(source))),
      expression,
      ([source, root, target], text) => {
        const template = `\${{ ${text} }}`;
        const { type, problems } = inferTemplate(template, { roots: new Map([['root', typeFromSchema(source)]]) });
        if (problems.length > 0) return;
        let value: Json | undefined;
        try {
          value = compileTemplate(template)({ root });
        } catch (error) {
          assert.ok(
            error instanceof EvaluationError &&
              (ALLOWED_ERRORS.has(error.code) || (text.includes('expect(') && EXPECT_ERRORS.has(error.code))),
            `${template} threw ${String(error)}`,
          );
          return;
        }
        assert.ok(
          admits(type, value),
          `${template} gave ${JSON.stringify(value)}, which is not ${JSON.stringify(type)}`,
        );
        const { verdict } = assignable(type, typeFromSchema(target));
        verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
        if (verdict === 'yes')
          assert.deepEqual(
            value === undefined ? 'absent' : compileSchema(target)(value),
            [],
            `${template} into ${JSON.stringify(target)}`,
          );
      },
    ),
    { numRuns: Number(process.env['WAYBILL_SOUNDNESS_RUNS'] ?? 3000) },
  );
  context.diagnostic([...verdicts].map(([verdict, count]) => `${verdict} ${count}`).join(', '));
  assert.ok((verdicts.get('yes') ?? 0) > 100, 'too few mappings fit for the test to mean anything');
});
