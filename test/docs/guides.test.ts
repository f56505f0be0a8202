import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { compile } from '../../src/compiler/compile.ts';
import { builtinCatalog, builtinText } from '../../src/connectors/builtin.ts';
import { VERSION } from '../../src/version.ts';
import { loadWorkspace } from '../../src/workspace/load-workspace.ts';
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

test('the step of the guide to automations that is tried again compiles', () => {
  const report = examples('automations.md').find((text) => text.includes('"report"')) ?? '';
  const automation = automationOf(JSON.parse(report) as object[], { type: 'object' });
  assert.deepEqual(compileAutomation(automation).diagnostics, []);
});

test('the connector of the guide to connectors has no findings', () => {
  const [connector = ''] = examples('connectors.md');
  const files = new Map([
    ['waybill.json', JSON.stringify({ waybill: VERSION })],
    ['connectors/parcels/connector.json', connector],
  ]);
  const { workspace, diagnostics } = loadWorkspace({ files, diagnostics: [] });
  const compiled = compile({ workspace, builtins: builtinCatalog(), builtinText, version: VERSION });
  assert.deepEqual([...diagnostics, ...compiled.diagnostics], []);
  assert.equal(workspace.connectors.size, 1);
});

test('the connection by OAuth of the guide to connectors, and the shared credential of its own guide, fit', () => {
  const connection = examples('connectors.md').find((text) => text.includes('oauth2')) ?? '';
  const [, waybill = ''] = examples('oauth.md');
  const connector = { name: 'calendar', title: 'Calendar', version: '1.0.0', description: 'Events.', actions: {} };
  const files = new Map([
    ['waybill.json', waybill],
    [
      'connectors/calendar/connector.json',
      JSON.stringify({ ...connector, connection: JSON.parse(connection) as object }),
    ],
  ]);
  const { workspace, diagnostics } = loadWorkspace({ files, diagnostics: [] });
  const compiled = compile({ workspace, builtins: builtinCatalog(), builtinText, version: VERSION });
  // The guide goes on with `waybill connect shared`, which writes the file.
  assert.deepEqual(
    [...diagnostics, ...compiled.diagnostics].map(({ code }) => code),
    ['WB5004'],
  );
  assert.equal(workspace.connectors.size, 1);
});

test('the table and the steps of the guide to tables have no findings', () => {
  const guide = readFileSync(join(docs, 'guides/tables.md'), 'utf8');
  const [, prices = ''] = /```csv\n([^]*?)```/.exec(guide) ?? [];
  const [steps = ''] = examples('tables.md');
  const properties = { sku: { type: 'string' }, quantity: { type: 'number' } };
  const body = { type: 'object', required: ['sku', 'quantity'], properties };
  const automation = automationOf(JSON.parse(steps) as object[], body);
  const tables = { 'tables/prices.csv': prices, 'tables/discounts.csv': 'from:number,rate:number\n10,0.05\n' };
  assert.deepEqual(compileAutomation(automation, {}, tables).diagnostics, []);
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
