import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Parser } from 'acorn';
import fc from 'fast-check';
import { parseJavaScriptExpression } from '../../src/language/parser.ts';

const PIECES =
  "a b.c 'x' 1 `t${ }` ( ) [ ] { } , : ? ?? ?. => ... + - ! && === / /= x/ async await yield function new class enum in \\u0061".split(
    ' ',
  );

/** What a parser gives, or why it does not. */
function outcome(parse: () => unknown): string {
  try {
    return JSON.stringify(parse(), (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  } catch (error) {
    assert.ok(error instanceof SyntaxError);
    return 'pos' in error ? `${error.message.replace(/ \(\d+:\d+\)$/, '')} at ${String(error.pos)}` : error.message;
  }
}

test('a parser that is used again parses as a new one does', () => {
  const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(' '));
  fc.assert(
    fc.property(fc.array(fc.tuple(text, fc.constantFrom('', '  ', '${{')), { maxLength: 6 }), (texts) => {
      for (const [expression, before] of texts) {
        const whole = before + expression;
        const again = outcome(() => parseJavaScriptExpression(whole, before.length).node);
        const options = { ecmaVersion: 2023, sourceType: 'script', allowReserved: true } as const;
        assert.equal(
          again,
          outcome(() => Parser.parseExpressionAt(whole, before.length, options)),
          whole,
        );
      }
    }),
    { numRuns: 500 },
  );
});

test('`try` is a name', () => {
  assert.equal(parseJavaScriptExpression('try(a, 1)', 0).node.type, 'CallExpression');
});
