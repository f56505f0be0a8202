import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileTemplate } from '../../src/language/evaluate.ts';
import { EvaluationError } from '../../src/language/evaluation-error.ts';
import { inferTemplate } from '../../src/language/infer.ts';
import { typeFromSchema } from '../../src/language/schema-type.ts';
import { sensitivityOf } from '../../src/language/sensitivity.ts';

const MARKED = { type: 'string', 'x-sensitive': 'personal' };
const SCHEMA = {
  type: 'object',
  required: ['mark', 'plain', 'list', 'maybe'],
  additionalProperties: false,
  properties: {
    mark: MARKED,
    plain: { type: 'string' },
    maybe: { anyOf: [MARKED, { type: 'null' }] },
    list: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'mark'],
        additionalProperties: false,
        properties: { id: { type: 'string' }, mark: MARKED },
      },
    },
  },
};
const NEEDLE = 'ada';
const ROOT = { mark: `${NEEDLE}1`, plain: 'plain', maybe: `${NEEDLE}2`, list: [{ id: 'x', mark: `${NEEDLE}3` }] };

const { text } = fc.letrec<{ text: string; list: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      'root.mark',
      'root.plain',
      "(root.maybe ?? 'none')",
      "'x'",
      '(root.list[0]?.mark ?? "")',
      '(root.list[0]?.id ?? "")',
    ),
    fc
      .tuple(
        tie('text'),
        fc.constantFrom(
          '.trim()',
          '.toUpperCase().toLowerCase()',
          '.slice(0)',
          '.slug()',
          ".replaceAll('q', '')",
          '.truncate(50)',
          ".padStart(9, '-')",
        ),
      )
      .map(([of, call]) => `(${of})${call}`),
    fc.tuple(tie('text'), tie('text')).map(([left, right]) => `((${left}) + (${right}))`),
    fc.tuple(tie('text'), tie('text')).map(([left, right]) => `(\`\${${left}} \${${right}}\`)`),
    fc.tuple(tie('text'), tie('text')).map(([left, right]) => `(root.plain === 'x' ? (${left}) : (${right}))`),
    tie('text').map((inner) => `({ a: (${inner}) }).a`),
    tie('text').map((inner) => `([(${inner})][0] ?? '')`),
    tie('text').map((inner) => `(try((${inner}), 'x'))`),
    tie('text').map((inner) => `((${inner}).extract('.+') ?? '')`),
    tie('text').map((inner) => `base64.decode(base64.encode(${inner}))`),
    tie('text').map((inner) => `url.encode(${inner})`),
    tie('text').map((inner) => `json.text({ a: (${inner}) })`),
    tie('text').map((inner) => `expect(json.parse(json.text(${inner})), 'string')`),
    tie('text').map((inner) => `json.text(object.omit({ a: (${inner}), b: 1 }, ['b']))`),
    tie('text').map((inner) => `json.text(object.from_entries([{ key: 'k', value: (${inner}) }]))`),
    tie('list').map((inner) => `(${inner}).join(',')`),
    tie('list').map((inner) => `((${inner}).find(item => item !== 'x') ?? '')`),
  ),
  list: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      'root.list.map(item => item.id)',
      'root.list.map(item => item.mark)',
      'root.list.map(item => `${item.id} ${item.mark}`)',
    ),
    tie('text').map((inner) => `(${inner}).split(',')`),
    fc
      .tuple(
        tie('list'),
        fc.constantFrom(
          '.unique()',
          '.slice(0)',
          '.chunk(2).flatten()',
          '.sort_by(item => item)',
          ".filter(item => item !== '')",
          '.map(item => [item]).flatten()',
        ),
      )
      .map(([of, call]) => `(${of})${call}`),
    fc.tuple(tie('list'), tie('list')).map(([left, right]) => `(${left}).concat(${right})`),
    tie('list').map((inner) => `object.values((${inner}).group_by(item => item)).flatten()`),
  ),
}));

test('what is made of marked data is marked', (context) => {
  let [marked, unmarked] = [0, 0];
  fc.assert(
    fc.property(text, (expression) => {
      const template = `\${{ ${expression} }}`;
      const { type, problems } = inferTemplate(template, { roots: new Map([['root', typeFromSchema(SCHEMA)]]) });
      if (problems.length > 0) return;
      let value: unknown;
      try {
        value = compileTemplate(template)({ root: ROOT });
      } catch (error) {
        assert.ok(error instanceof EvaluationError);
        return;
      }
      const holds = JSON.stringify(value).includes(NEEDLE);
      if (holds) assert.equal(sensitivityOf(type), 'personal', template);
      if (sensitivityOf(type) === undefined) unmarked++;
      else marked++;
    }),
    { numRuns: Number(process.env['WAYBILL_SOUNDNESS_RUNS'] ?? 4000) },
  );
  context.diagnostic(`${marked} marked, ${unmarked} not`);
  assert.ok(marked > 500 && unmarked > 500);
});
