import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileSchema } from '../../src/json/schema.ts';
import { assignable } from '../../src/language/assign.ts';
import { intersect } from '../../src/language/intersect.ts';
import { typeFromSchema, typeOfConstant } from '../../src/language/schema-type.ts';
import { freshSteps } from '../../src/language/steps.ts';
import { admits } from './admits.ts';
import { anyValue, wholeSchema } from './arbitrary-schema.ts';

const numRuns = Number(process.env['WAYBILL_SOUNDNESS_RUNS'] ?? 2000);

test('the type of a schema admits every value that fits the schema', (context) => {
  let fitting = 0;
  fc.assert(
    fc.property(wholeSchema, anyValue, (schema, value) => {
      if (compileSchema(schema)(value).length > 0) return;
      fitting++;
      assert.ok(admits(typeFromSchema(schema), value));
    }),
    { numRuns },
  );
  context.diagnostic(`${fitting} of ${numRuns} values fitted`);
  assert.ok(fitting > numRuns / 100);
});

test('a constant that is said to fit a schema does, and one that is said not to does not', (context) => {
  const verdicts = new Map<string, number>();
  fc.assert(
    fc.property(wholeSchema, anyValue, (schema, value) => {
      const { verdict } = assignable(typeOfConstant(value), typeFromSchema(schema));
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      const fits = compileSchema(schema)(value).length === 0;
      if (verdict === 'yes') assert.ok(fits);
      if (verdict === 'no') assert.ok(!fits);
    }),
    { numRuns },
  );
  context.diagnostic([...verdicts].map(([verdict, count]) => `${verdict} ${count}`).join(', '));
});

test('an intersection admits what both types admit', () => {
  fc.assert(
    fc.property(wholeSchema, wholeSchema, anyValue, (one, other, value) => {
      const [left, right] = [typeFromSchema(one), typeFromSchema(other)];
      const both = admits(left, value) && admits(right, value);
      if (both) assert.ok(admits(intersect(left, right, freshSteps()), value));
    }),
    { numRuns },
  );
});

test('what fits a schema fits every schema that its type can be given to', (context) => {
  const verdicts = new Map<string, number>();
  fc.assert(
    fc.property(wholeSchema, wholeSchema, anyValue, (from, to, value) => {
      const { verdict } = assignable(typeFromSchema(from), typeFromSchema(to));
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      if (verdict !== 'yes' || compileSchema(from)(value).length > 0) return;
      assert.deepEqual(compileSchema(to)(value), []);
    }),
    { numRuns },
  );
  context.diagnostic([...verdicts].map(([verdict, count]) => `${verdict} ${count}`).join(', '));
});

test('choices that multiply end: what is left open is checked before the call', () => {
  const choices = Array.from({ length: 30 }, (_, index) => ({
    anyOf: ['a', 'b'].map((name) => ({ type: 'object', properties: { [`${name}${index}`]: { type: 'string' } } })),
  }));
  const parts = Array.from({ length: 6 }, (_, index) => ({
    type: 'object',
    properties: { next: { $ref: '#/$defs/node' }, other: { $ref: '#/$defs/node' }, [`p${index}`]: { type: 'integer' } },
  }));
  const twice = { allOf: [{ $ref: '#/$defs/node' }, { $ref: '#/$defs/node' }], $defs: { node: { anyOf: parts } } };
  for (const schema of [{ allOf: choices }, twice]) {
    const type = typeFromSchema(schema);
    assert.ok(admits(type, { a0: 'x', next: { p1: 1 } }));
    assert.equal(assignable(type, type).verdict, 'guarded');
  }
});

const node = (index: number): object => ({ type: 'object', properties: { next: { $ref: `#/$defs/d${index + 1}` } } });

test('a chain of references ends', () => {
  const nodes = Array.from({ length: 5000 }, (_, index) => [`d${index}`, node(index)] as const);
  const type = typeFromSchema({ $ref: '#/$defs/d0', $defs: { ...Object.fromEntries(nodes), d5000: {} } });
  assert.ok(admits(type, { next: { next: {} } }));
});
