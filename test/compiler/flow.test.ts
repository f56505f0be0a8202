import assert from 'node:assert/strict';
import { test } from 'node:test';
import { automationOf, compileAutomation } from './compile-text.ts';

const BODY = {
  type: 'object',
  required: ['kind', 'items', 'event', 'any'],
  additionalProperties: false,
  properties: {
    kind: { enum: ['lead', 'order'] },
    note: { type: 'string' },
    flag: { type: 'boolean' },
    contact: { type: 'object', properties: { email: { type: 'string' } } },
    items: {
      type: 'array',
      items: { type: 'object', required: ['id'], properties: { id: { type: 'string' }, tag: { type: 'string' } } },
    },
    nil: { type: ['string', 'null'] },
    any: {},
    event: {
      oneOf: [
        { type: 'object', required: ['type', 'n'], properties: { type: { const: 'count' }, n: { type: 'integer' } } },
        {
          type: 'object',
          required: ['type', 'who'],
          properties: { type: { const: 'person' }, who: { type: 'string' } },
        },
      ],
    },
  },
};

/** Needs a text: `storage.get` takes no other key. */
const use = (id: string, text: string, more: object = {}): object => ({
  id,
  uses: 'storage.get',
  with: { key: `\${{ ${text} }}` },
  ...more,
});
const when = (text: string): object => ({ if: `\${{ ${text} }}` });

function codes(steps: object[], more: object = {}): string {
  const { diagnostics } = compileAutomation(automationOf(steps, BODY, more));
  return diagnostics.map(({ code, message }) => `${code} ${message}`).join('; ');
}

const CLEAN: { [name: string]: object[] } = {
  'a condition of the step': [use('a', 'trigger.body.note', when('trigger.body.note !== undefined'))],
  'a condition with an early end': [
    { id: 'none', ...when('trigger.body.note === undefined'), stop: true },
    use('a', 'trigger.body.note'),
  ],
  'a failure that ends the run': [
    { id: 'none', ...when('!(trigger.body.nil !== null && trigger.body.nil !== undefined)'), fail: 'none' },
    use('a', 'trigger.body.nil'),
  ],
  'both sides of and': [use('a', "trigger.body.note !== undefined && trigger.body.note.includes('x') ? 'a' : 'b'")],
  'the right side of or': [use('a', "trigger.body.note === undefined || trigger.body.note.includes('x') ? 'a' : 'b'")],
  'what an optional chain shows': [
    use('a', 'trigger.body.contact.email', when('trigger.body.contact?.email !== undefined')),
  ],
  'a union by its constant': [
    use('a', "trigger.body.event.type === 'person' ? trigger.body.event.who : 'nobody'"),
    {
      id: 'route',
      switch: [
        { if: "${{ trigger.body.event.type === 'person' }}", steps: [use('b', 'trigger.body.event.who')] },
        { if: '${{ trigger.body.event.n > 1 }}', steps: [use('c', "'many'")] },
      ],
    },
  ],
  'a switch over all values gives its output for sure': [
    {
      id: 'route',
      switch: [
        { if: "${{ trigger.body.kind === 'lead' }}", steps: [use('b', "'x'")], output: 'l' },
        { if: "${{ trigger.body.kind === 'order' }}", steps: [use('c', "'y'")], output: 'o' },
      ],
    },
    use('a', 'steps.route'),
  ],
  'an else': [
    {
      id: 'route',
      switch: [{ if: '${{ trigger.body.flag ?? false }}', steps: [use('b', "'x'")], output: 'l' }],
      else: { steps: [{ id: 'no', fail: 'no flag' }] },
    },
    use('a', 'steps.route'),
    use('d', "steps.b.found ? 'a' : 'b'"),
  ],
  'a loop and its output': [
    {
      id: 'each',
      for_each: '${{ trigger.body.items }}',
      as: 'line',
      index: 'n',
      steps: [use('b', 'line.id'), use('c', "line.tag ?? 'x'")],
      output: '${{ line.id }}',
    },
    use('a', "steps.each.join(',')"),
  ],
  'branches and their outputs': [
    { id: 'both', branches: { left: { steps: [use('b', "'x'")], output: 'l' }, right: { steps: [use('c', "'y'")] } } },
    use('a', "steps.b.found && steps.c.found ? steps.both.left : 'none'"),
  ],
  'an error that ends the run': [
    use('b', "'x'", { on_error: [{ id: 'told', fail: '${{ error.step }}: ${{ error.message }}' }] }),
    use('a', "steps.b.found ? 'x' : 'y'"),
  ],
  'an error after which a value is given': [
    use('b', "'x'", { on_error: 'continue' }),
    use('a', "steps.b?.found === undefined ? 'failed' : 'found'"),
  ],
  'a computed value': [{ id: 'name', set: { first: '${{ trigger.body.kind }}' } }, use('a', 'steps.name.first')],
};
for (const [name, steps] of Object.entries(CLEAN)) {
  test(`no finding: ${name}`, () => {
    assert.equal(codes(steps), '');
  });
}

const FINDINGS: { [name: string]: [RegExp, object[]] } = {
  'absent after a condition': [
    /^WB3004 [^;]*this may be absent$/,
    [use('b', "'x'", when('trigger.body.flag ?? false')), use('a', "steps.b.found ? 'x' : 'y'")],
  ],
  'absent after continue': [
    /^WB3004/,
    [use('b', "'x'", { on_error: 'continue' }), use('a', "steps.b.found ? 'x' : 'y'")],
  ],
  'absent in another arm': [
    /^WB3004/,
    [
      { id: 'route', switch: [{ if: "${{ trigger.body.kind === 'lead' }}", steps: [use('b', "'x'")] }] },
      use('a', "steps.b.found ? 'x' : 'y'"),
    ],
  ],
  'what a block did before it failed': [
    /^WB2009 the step `b` cannot be read here$/,
    [
      {
        id: 'route',
        switch: [{ if: "${{ trigger.body.kind === 'lead' }}", steps: [use('b', "'x'"), { id: 'no', fail: 'no' }] }],
        on_error: [use('a', "steps.b?.found === true ? 'x' : 'y'")],
      },
    ],
  ],
  'the wrong arm of a union': [
    /^WB3004/,
    [use('a', "trigger.body.event.type === 'count' ? trigger.body.event.who : 'x'")],
  ],
  'a condition that is a text': [
    /^WB3003 a condition must be true or false/,
    [use('b', "'x'", when('trigger.body.kind'))],
  ],
  'a condition that may be absent': [/^WB3004 a condition/, [use('b', "'x'", when('trigger.body.flag'))]],
  'a loop over a text': [
    /^WB3003 for_each requires a list/,
    [{ id: 'each', for_each: '${{ trigger.body.kind }}', steps: [use('b', "'x'")] }],
  ],
  'a loop over the unknown': [
    /^WB3005 for_each/,
    [{ id: 'each', for_each: '${{ trigger.body.any }}', steps: [use('b', "'x'")] }],
  ],
  'a later step': [/^WB2004/, [use('a', 'steps.b.value'), use('b', "'x'")]],
  'what was narrowed away comes back after the step': [
    /^WB3004/,
    [use('b', 'trigger.body.note', when('trigger.body.note !== undefined')), use('a', 'trigger.body.note')],
  ],
  'two kinds in one step': [/^WB1003/, [{ id: 'a', uses: 'storage.get', with: { key: 'x' }, set: { a: 1 } }]],
  'no kind': [/^WB1003 `steps.0` must have exactly one of/, [{ id: 'a' }]],
  'a property of another kind': [/^WB1003/, [{ id: 'a', set: { a: 1 }, with: { key: 'x' } }]],
  'an index that is a text': [
    /^WB3003/,
    [{ id: 'each', for_each: '${{ trigger.body.items }}', index: 'n', steps: [use('b', 'n')] }],
  ],
};
for (const [name, [expected, steps]] of Object.entries(FINDINGS)) {
  test(`a finding: ${name}`, () => {
    assert.match(codes(steps), expected);
  });
}
