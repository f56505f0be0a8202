import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson } from '../../src/json/parse.ts';
import type { Json, JsonObject } from '../../src/json/value.ts';
import { compileTemplate } from '../../src/language/evaluate.ts';
import { EvaluationError } from '../../src/language/evaluation-error.ts';

const ROOTS = parseJson(`{
  "trigger": { "body": { "text": " Hi ", "n": 3, "none": null, "list": [{ "name": "a", "v": 1 }, { "name": "b", "v": 2 }],
    "id": 1234567890123456789, "same": 1234567890123456789 } }
}`) as JsonObject;

const evaluate = (template: Json): Json | undefined => compileTemplate(template)(ROOTS);

function codeOf(template: Json): string {
  try {
    evaluate(template);
  } catch (error) {
    if (error instanceof EvaluationError) return `${error.code} ${error.pointer} ${error.start}-${error.end}`;
    throw error;
  }
  return 'no error';
}

test('values of expressions', () => {
  const cases: [string, Json | undefined][] = [
    ['${{ trigger.body.n }}', 3],
    ['${{ trigger.body.text.trim() }}!', 'Hi!'],
    ['${{ trigger.body.list.map(x => x.name).join(", ") }}', 'a, b'],
    ['${{ trigger.body.list.filter(x => x.v > 1) }}', [{ name: 'b', v: 2 }]],
    ['${{ trigger.body.list.find(x => x.v > 9) }}', undefined],
    [
      '${{ trigger.body.list.map(x => trigger.body.list.map(y => x.v * y.v)) }}',
      [
        [1, 2],
        [2, 4],
      ],
    ],
    ['${{ trigger.body.none?.x }}', undefined],
    ['${{ trigger.body.missing ?? "d" }}', 'd'],
    ['${{ trigger.body.n > 2 ? "big" : "small" }}', 'big'],
    ['${{ { a: trigger.body.missing, b: [1, "x"] } }}', { b: [1, 'x'] }],
    ['${{ `n=${trigger.body.n}` }}', 'n=3'],
    ['${{ try(1 / 0, "none") }}', 'none'],
    ["${{ expect(trigger.body.n, 'number') + 1 }}", 4],
    ['${{ trigger.body.list.length + trigger.body.text.length }}', 6],
    ['${{ trigger.body.list[1].name }}', 'b'],
    ['${{ trigger.body.list.some(x => x.v === 2) && !trigger.body.list.every(x => x.v === 2) }}', true],
    ['${{ trigger.body.constructor ?? trigger.body["__proto__"] ?? "own" }}', 'own'],
  ];
  for (const [template, expected] of cases) assert.deepEqual(evaluate(template), expected, template);
});

test('inherited names are absent', () => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    assert.equal(evaluate(`\${{ trigger.body.${name} }}`), undefined, name);
    assert.equal(evaluate(`\${{ ${name} }}`), undefined, name);
  }
  assert.match(codeOf('${{ trigger.body.text.constructor }}'), /not_an_object/);
  const made = evaluate({ __proto__x: 1, a: '${{ { "__proto__": 1 } }}' });
  assert.equal(Object.getPrototypeOf((made as { a: object }).a), Object.prototype);
});

test('a number that a double cannot hold goes through unchanged', () => {
  assert.equal(
    JSON.stringify(evaluate({ id: '${{ trigger.body.id }}', text: 'id ${{ trigger.body.id }}' })),
    '{"id":1234567890123456789,"text":"id 1234567890123456789"}',
  );
  assert.equal(evaluate('${{ trigger.body.id === trigger.body.same }}'), true);
  assert.match(codeOf('${{ trigger.body.id + 1 }}'), /^exact_number/);
});

test('templates keep what is absent out of objects, and never out of lists and texts', () => {
  assert.deepEqual(evaluate({ a: '${{ trigger.body.missing }}', b: { c: '${{ trigger.body.n }}' }, d: 'as it is' }), {
    b: { c: 3 },
    d: 'as it is',
  });
  assert.match(codeOf({ a: ['${{ trigger.body.missing }}'] }), /^absent_value \/a\/0/);
  assert.equal(codeOf({ 'x/y': 'Hello ${{ trigger.body.missing }}' }), 'absent_value /x~1y 10-30');
});

test('errors have codes', () => {
  const cases: [string, RegExp][] = [
    ['${{ 1 / 0 }}', /^division_by_zero/],
    ['${{ 1e308 * 10 }}', /^number_overflow/],
    ['${{ trigger.body.text + 1 }}', /^wrong_operand/],
    ['${{ trigger.body.none.x }}', /^not_an_object/],
    ['${{ trigger.body.missing.x }}', /^absent_value/],
    ['${{ trigger.body.n && true }}', /^wrong_operand/],
    ['${{ trigger.body. }}', /^syntax/],
    ["${{ expect(trigger.body.n, 'string') }}", /^wrong_operand/],
  ];
  for (const [template, expected] of cases) assert.match(codeOf(template), expected);
});

test('every evaluation ends, and what it makes is bounded', () => {
  const long = `[${'1,'.repeat(999)}1]`;
  assert.match(codeOf(`\${{ ${long}.map(a => ${long}.map(b => ${long}.map(c => a))) }}`), /^too_many_steps/);
  let exploding = "'0123456789abcdef'";
  for (let round = 0; round < 24; round++) exploding = `[${exploding}].map(t => t + t)[0]`;
  assert.match(codeOf(`\${{ ${exploding} }}`), /^too_large|^syntax/);
  let nested = '["0123456789"]';
  for (let round = 0; round < 12; round++) nested = `[${nested}].map(l => [l, l, l, l])[0]`;
  assert.match(codeOf(`\${{ ${nested} }}`), /^too_large/);
  assert.match(codeOf(`\${{ try(${long}.map(a => ${long}.map(b => b)), 1) }}`), /^too_many_steps/);
});
