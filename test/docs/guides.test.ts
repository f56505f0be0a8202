import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { automationOf, compileAutomation } from '../compiler/compile-text.ts';

const docs = join(import.meta.dirname, '../../docs');

function examples(guide: string): string[] {
  const text = readFileSync(join(docs, 'guides', guide), 'utf8');
  return [...text.matchAll(/```json\n([^]*?)```/g)].map(([, json = '']) => json);
}

test('the automation of the first steps is the one that init writes', () => {
  const [automation = ''] = examples('first-steps.md');
  assert.equal(automation, readFileSync(join(docs, '../templates/workspace/greet.json'), 'utf8'));
});

test('the schedule of the guide to automations compiles', () => {
  const [schedule = ''] = examples('automations.md');
  const steps = [{ id: 'keep', uses: 'storage.set', with: { key: 'due', value: '${{ trigger.at }}' } }];
  const automation = { name: 'Example', steps, ...(JSON.parse(`{${schedule}}`) as object) };
  assert.deepEqual(compileAutomation(automation).diagnostics, []);
});

test('the steps of the guide to automations compile', () => {
  const [, steps = ''] = examples('automations.md');
  const item = { type: 'object', required: ['id'], properties: { id: { type: 'string', minLength: 1 } } };
  const properties = { kind: { type: 'string' }, email: { type: 'string' }, items: { type: 'array', items: item } };
  const body = { type: 'object', required: ['kind', 'items'], properties };
  const { steps: parsed } = JSON.parse(`{${steps}}`) as { steps: object[] };
  assert.deepEqual(compileAutomation(automationOf(parsed, body)).diagnostics, []);
});

test('links within the documentation lead somewhere', () => {
  const files = ['../README.md', ...readdirSync(docs, { recursive: true }).map(String)].filter((file) =>
    file.endsWith('.md'),
  );
  for (const file of files) {
    const text = readFileSync(join(docs, file), 'utf8');
    for (const [, link = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g))
      assert.ok(existsSync(join(docs, dirname(file), link)), `${file}: ${link}`);
  }
});
