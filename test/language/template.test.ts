import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseTemplate } from '../../src/language/template.ts';

const problemsOf = (text: string): string[] =>
  parseTemplate(text).problems.map((problem) => `${text.slice(problem.start, problem.end)}: ${problem.message}`);

test('a string that is one expression is whole; any other text is not', () => {
  assert.equal(parseTemplate('${{ a.b }}').whole, true);
  assert.equal(parseTemplate('${{ a }} ').whole, false);
  assert.equal(parseTemplate('${{ a }}${{ b }}').whole, false);
  assert.equal(parseTemplate('no expression').whole, false);
});

test('braces inside of an expression do not end it', () => {
  for (const text of ["${{ '}}' }}", '${{ { a: { b: 1 }} }}', '${{ `${{ a: 1 }.a}}}` }}', "${{ '${{' }}"]) {
    assert.deepEqual(problemsOf(text), [], text);
    assert.equal(parseTemplate(text).whole, true, text);
  }
});

test('positions are those of the whole string', () => {
  const [text, expression] = parseTemplate('Hello ${{ trigger.name }}!').parts;
  assert.equal(text, 'Hello ');
  assert.ok(typeof expression === 'object');
  assert.deepEqual([expression.kind, expression.start, expression.end], ['member', 10, 22]);
});

test('what is not in the language is named at its place', () => {
  const cases: [string, string][] = [
    ['${{ a == b }}', 'a == b: `==` is not part of the language'],
    ['${{ a = 1 }}', 'a = 1: nothing can be assigned here'],
    ['${{ new Date() }}', 'new Date(): `new` is not part of the language'],
    ['${{ /a+/ }}', '/a+/: a regular expression is not part of the language'],
    ['${{ 1234567890123456789 }}', '1234567890123456789: a double cannot hold the number 1234567890123456789'],
    ['${{ x => x }}', 'x => x: a function can only be an argument, as in `items.map(item => item.name)`'],
    ['${{ a[0](1) }}', 'a[0](1): only functions and methods of the library can be called'],
    ['${{ { ...a } }}', '...a: only `name: value` can stand in an object'],
    ['${{ this.a }}', 'this: `this` is not part of the language'],
  ];
  for (const [text, expected] of cases) assert.deepEqual(problemsOf(text), [expected]);
});

test('several mistakes of a string are all found', () => {
  assert.equal(problemsOf('${{ a == typeof b }} and ${{ new C() }}').length, 3);
});

test('an expression that is not closed or holds two is a finding', () => {
  assert.deepEqual(problemsOf('${{ a'), [': the expression is not closed']);
  assert.deepEqual(problemsOf('${{ (a) }} and ${{ (a + (b)) }}'), []);
  assert.deepEqual(problemsOf('${{ a b }}'), ['b: the expression should end here']);
  assert.equal(problemsOf('${{ }}').length, 1);
});

test('deep nesting is a finding, not a crash', () => {
  for (const text of [
    '('.repeat(50_000),
    '!'.repeat(50_000),
    `a${'.b'.repeat(50_000)}`,
    `a${'?b:c'.repeat(20_000)}`,
    `a${'+b'.repeat(50_000)}`,
  ]) {
    const { problems } = parseTemplate(`\${{ ${text} }}`);
    assert.match(problems.map((problem) => problem.message).join(), /nested too deeply|cannot be read/);
  }
});

test('no text makes the parser throw, and every problem lies within the text', () => {
  const fragment = fc.constantFrom(
    '${{',
    '}}',
    'a',
    '.',
    "'",
    '`',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '?.',
    '??',
    '=>',
    '1',
    ' ',
    '+',
    '"',
    '\\',
  );
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 40 }), (fragments) => {
      const text = fragments.join('');
      for (const { start, end } of parseTemplate(text).problems)
        assert.ok(start >= 0 && start <= end && end <= text.length, text);
    }),
    { numRuns: 2000 },
  );
});
