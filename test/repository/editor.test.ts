import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');

test('editors find a schema for each file of the example workspace, and only one', () => {
  const settings = JSON.parse(readFileSync(join(root, '.vscode/settings.json'), 'utf8')) as {
    'json.schemas': { fileMatch: string[]; url: string }[];
  };
  const schemas = settings['json.schemas'].flatMap(({ fileMatch, url }) => {
    assert.ok(existsSync(join(root, url)), url);
    const not = fileMatch.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
    const files = fileMatch.filter((pattern) => !pattern.startsWith('!'));
    return globSync(files, { cwd: root, exclude: not }).map((file) => `${file} ${url}`);
  });
  assert.deepEqual(schemas.filter((pair) => !pair.startsWith('connectors')).toSorted(), [
    'automations/demo/account.json ./schemas/account.schema.json',
    'automations/demo/summarize-text.json ./schemas/automation.schema.json',
    'automations/demo/summarize-text.test.json ./schemas/test.schema.json',
    'automations/demo/tally-leads.test.json ./schemas/test.schema.json',
    'automations/shared/tally-leads.json ./schemas/automation.schema.json',
    'waybill.json ./schemas/waybill.schema.json',
  ]);
});

test('the editor’s line length is the formatter’s', () => {
  const { printWidth } = JSON.parse(readFileSync(join(root, '.oxfmtrc.json'), 'utf8')) as { printWidth: number };
  const editor = readFileSync(join(root, '.editorconfig'), 'utf8');
  assert.match(editor, new RegExp(`^max_line_length = ${printWidth}$`, 'm'));
});
