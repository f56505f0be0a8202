import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inferTemplate } from '../../src/language/infer.ts';
import { typeFromSchema } from '../../src/language/schema-type.ts';
import type { TypeScope } from '../../src/language/scope.ts';
import { describeType } from '../../src/language/types.ts';

const SCOPE: TypeScope = {
  roots: new Map([
    [
      'trigger',
      typeFromSchema({
        type: 'object',
        required: ['body'],
        additionalProperties: false,
        properties: {
          body: {
            type: 'object',
            required: ['text', 'list', 'n'],
            additionalProperties: false,
            properties: {
              text: { type: 'string' },
              note: { type: 'string' },
              n: { type: 'integer' },
              nil: { type: ['string', 'null'] },
              any: {},
              list: {
                type: 'array',
                items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
              },
            },
          },
        },
      }),
    ],
  ]),
  steps: {
    before: new Map([
      ['summarize', typeFromSchema({ type: 'object', required: ['text'], properties: { text: { type: 'string' } } })],
    ]),
    later: ['save'],
    hidden: new Map([['inner', 'give the loop an output']]),
  },
};

const typeOf = (text: string): string => {
  const { type, problems } = inferTemplate(text, SCOPE);
  return problems.length === 0
    ? describeType(type)
    : problems
        .map(
          (problem) =>
            `${problem.code}@${text.slice(problem.start, problem.end)}${problem.help === undefined ? '' : ` (${problem.help})`}`,
        )
        .join('; ');
};

test('types of expressions', () => {
  const cases: [string, string][] = [
    ['${{ trigger.body.note?.trim().length }}', 'integer (may be absent)'],
    ['${{ trigger.body.note?.trim().length ?? 0 }}', 'integer | 0'],
    [
      '${{ (trigger.body.note?.trim()).length }}',
      'maybe_absent@trigger.body.note?.trim() (use `?.` to go on only where it is there)',
    ],
    ['${{ trigger.body.text }}', 'string'],
    ['Hello ${{ trigger.body.n }}', 'string'],
    ['${{ trigger.body.note }}', 'string (may be absent)'],
    ["${{ trigger.body.note ?? '-' }}", 'string | "-"'],
    ['${{ trigger.body.list.map(x => x.name) }}', 'array of string'],
    ['${{ trigger.body.list.find(x => x.name === "a")?.name }}', 'string (may be absent)'],
    ['${{ trigger.body.list[0]?.name ?? "none" }}', 'string | "none"'],
    ['${{ trigger.body.n + 1 }}', 'integer'],
    ['${{ trigger.body.n / 2 }}', 'number'],
    ['${{ trigger.body.n > 1 ? "a" : 2 }}', '"a" | 2'],
    ['${{ steps.summarize.text }}', 'string'],
    ['${{ { a: trigger.body.note, b: 1 } }}', '{ a?: string, b: 1 }'],
    ["${{ expect(trigger.body.any ?? '', 'string') }}", 'string | ""'],
    ['${{ trigger.body.nil?.trim() }}', 'string (may be absent)'],
  ];
  for (const [text, expected] of cases.filter(([text]) => !text.includes('expect(')))
    assert.equal(typeOf(text), expected, text);
});

test('mistakes have a code, a place and a way out', () => {
  const cases: [string, string][] = [
    ['${{ trigger.bdy.text }}', 'unknown_field@bdy (did you mean `body`?)'],
    ['${{ tigger.body }}', 'unknown_root@tigger (did you mean `trigger`?)'],
    ['${{ steps.sumarize.text }}', 'unknown_step@steps.sumarize (did you mean `steps.summarize`?)'],
    ['${{ steps.save.key }}', 'later_step@steps.save (move it before this step)'],
    ['${{ steps.summarize.txt }}', 'unknown_field@txt (did you mean `text`?)'],
    ['Hi ${{ trigger.body.note }}', "maybe_absent@trigger.body.note (give a value for that case: `… ?? ''`)"],
    ['${{ trigger.body.note.length }}', 'maybe_absent@trigger.body.note (use `?.` to go on only where it is there)'],
    ['Hi ${{ trigger.body.list }}', 'wrong_operand@trigger.body.list (use a text, a number or a boolean of it)'],
    ['${{ trigger.body.text.tirm() }}', 'unknown_function@trigger.body.text.tirm() (did you mean `trim`?)'],
    [
      "${{ date.parse('1', 'd', 'Madrid') }}",
      "wrong_operand@'Madrid' (date.parse(text, pattern, zone): text (date-time))",
    ],
    ["${{ money.decimal(1, 'euro') }}", "wrong_operand@'euro' (money.decimal(minor, currency): text (decimal))"],
    ["${{ phone.valid('1', 'Spain') }}", "wrong_operand@'Spain' (phone.valid(text, region): boolean)"],
    ["${{ number.format(1, 'no locale') }}", "wrong_operand@'no locale' (number.format(x, locale, digits?): text)"],
    [
      "${{ trigger.body.note || 'none' }}",
      "wrong_operand@trigger.body.note || 'none' (for what is absent or null: `… ?? …`)",
    ],
    ['${{ now() }}', 'unknown_function@now() (known functions: try, expect)'],
    ['${{ trigger.body.text * 2 }}', 'wrong_operand@trigger.body.text'],
  ];
  for (const [text, expected] of cases) assert.equal(typeOf(text), expected);
});

test('a name that counts on from a known one is no slip; any other near one is', () => {
  const lines = { type: 'object', properties: { line1: { type: 'string' }, at: { type: 'string' }, country: {} } };
  const scope = { roots: new Map([['address', typeFromSchema(lines)]]) };
  const problemsOf = (text: string): number => inferTemplate(text, scope).problems.length;
  assert.deepEqual(
    ['line2', 'to', 'contry'].map((name) => problemsOf(`\${{ address.${name} }}`)),
    [0, 0, 1],
  );
});

test('what is almost an expression is told where it stays a text', () => {
  for (const text of [
    'Hi {{ trigger.body.text }}',
    'Hi ${trigger.body.text}',
    '$ {{ steps.summarize.text }} of ${{ 1 }}',
  ])
    assert.match(typeOf(text), /^syntax@\$? ?\{/);
  for (const text of [
    'Hi {{ name }}',
    'for ${trigger}',
    "${{ '{{ trigger.body.text }}' }}",
    '${{ `${trigger.body.text}` }}',
  ])
    assert.doesNotMatch(typeOf(text), /syntax/);
});

test('all mistakes of a text are told, each once', () => {
  assert.equal(typeOf('${{ tigger.a }} ${{ steps.save.x.y.z }}').split('; ').length, 2);
});
