import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import type * as Service from 'vscode-json-languageservice';
import { accountEditorSchema, automationEditorSchema } from '../../src/authoring/editor-schema.ts';
import { builtinCatalog } from '../../src/connectors/builtin.ts';
import type { Automation } from '../../src/generated/automation.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { checkWorkspace } from '../../src/runner/check-workspace.ts';

// It is a CommonJS module whose names Node cannot see.
const languageService = createRequire(import.meta.url)('vscode-json-languageservice') as typeof Service;

const root = join(import.meta.dirname, '../..');
const base = (name: string): JsonObject =>
  JSON.parse(readFileSync(join(root, `schemas/${name}.schema.json`), 'utf8')) as JsonObject;

interface Opened {
  service: Service.LanguageService;
  document: Service.TextDocument;
  json: Service.JSONDocument;
}

/** Opens a text in the language service that VS Code has for JSON. `|` is the cursor. */
function open(text: string, schema: JsonObject): Opened {
  const service = languageService.getLanguageService({ clientCapabilities: languageService.ClientCapabilities.LATEST });
  service.configure({ validate: true, schemas: [{ uri: 'waybill:test', fileMatch: ['*.json'], schema }] });
  const { $schema: _association, ...value } = JSON.parse(text.replace('|', '')) as { $schema?: string };
  const plain = text.includes('|') ? text : JSON.stringify(value, undefined, 2);
  const document = languageService.TextDocument.create('file:///x.json', 'json', 1, plain.replace('|', ''));
  return { service, document, json: service.parseJSONDocument(document) };
}

async function problemsOf(text: string, schema: JsonObject): Promise<string[]> {
  const { service, document, json } = open(text, schema);
  return (await service.doValidation(document, json)).map(
    ({ message, range }) => `${document.getText(range)}: ${JSON.stringify(message)}`,
  );
}

async function completionsAt(text: string, schema: JsonObject): Promise<{ label: string; documentation: string }[]> {
  const { service, document, json } = open(text, schema);
  const list = await service.doComplete(document, document.positionAt(text.indexOf('|')), json);
  return (list?.items ?? []).map(({ label, documentation }) => ({
    label,
    documentation: JSON.stringify(documentation ?? ''),
  }));
}

const schema = automationEditorSchema(base('automation'), builtinCatalog(), ['anthropic', 'second']);
const automation = (step: string): string =>
  `{ "name": "x", "trigger": { "webhook": { "body": {}, "verify": "none" } }, "steps": [${step}] }`;

test('uses offers the actions with what they do, with their fields, connection those of the account', async () => {
  const uses = await completionsAt(automation('{ "id": "a", "uses": "|" }'), schema);
  const ai = uses.find(({ label }) => label.includes('anthropic.message_to_ai'));
  assert.match(ai?.documentation ?? '', /Send a message to Claude/);
  const fields = await completionsAt(
    automation('{ "id": "a", "uses": "anthropic.message_to_ai", "with": { "|": 1 } }'),
    schema,
  );
  for (const name of ['prompt', 'system', 'max_tokens'])
    assert.ok(
      fields.some(({ label }) => label.includes(name)),
      name,
    );
  assert.ok(!fields.some(({ label }) => label.includes('key')), 'fields of other actions are not offered');
  const inner = `{ "id": "s", "switch": [{ "if": "\${{ true }}", "steps": [{ "id": "a", "uses": "|" }] }] }`;
  assert.ok((await completionsAt(automation(inner), schema)).some(({ label }) => label.includes('storage.set')));
  const connections = await completionsAt(
    automation('{ "id": "a", "uses": "anthropic.message_to_ai", "connection": "|" }'),
    schema,
  );
  assert.ok(connections.some(({ label }) => label.includes('second')));
});

const webhook = (scheme: string): string =>
  automation('{ "id": "a", "stop": true }').replace('"none"', `{ "scheme": "${scheme}", "connection": "second" }`);

test('schemes of webhooks are offered and checked', async () => {
  assert.ok((await completionsAt(webhook('|'), schema)).some(({ label }) => label.includes('standard-webhooks')));
  assert.deepEqual(await problemsOf(webhook('standard-webhooks'), schema), []);
  assert.ok((await problemsOf(webhook('standard-webhook'), schema)).length > 0);
});

test('a field tells what it is', async () => {
  const text = automation('{ "id": "a", "uses": "anthropic.message_to_ai", "with": { "prompt": "|x" } }');
  const { service, document, json } = open(text, schema);
  const hover = await service.doHover(document, document.positionAt(text.indexOf('"prompt"') + 2), json);
  assert.match(JSON.stringify(hover?.contents), /What to ask/);
});

test('mistakes are shown where they stand, and expressions are fine everywhere', async () => {
  const cases: [string, RegExp[]][] = [
    ['{ "id": "a", "uses": "anthropic.message_to_a", "with": {} }', [/^"anthropic\.message_to_a"/]],
    ['{ "id": "a", "uses": "anthropic.message_to_ai", "with": {} }', [/prompt/]],
    ['{ "id": "a", "uses": "anthropic.message_to_ai" }', [/with/]],
    ['{ "id": "a", "uses": "anthropic.message_to_ai", "with": { "prompt": "x", "max_tokens": true } }', [/^true/]],
    ['{ "id": "a", "uses": "anthropic.message_to_ai", "with": { "promt": "x", "prompt": "x" } }', [/promt/]],
    [
      '{ "id": "a", "uses": "anthropic.message_to_ai", "with": { "prompt": "x" }, "connection": "third" }',
      [/^"third"/],
    ],
    [
      '{ "id": "a", "uses": "anthropic.message_to_ai", "with": { "prompt": "${{ trigger.body }}", "max_tokens": "${{ 5 }}" } }',
      [],
    ],
  ];
  for (const [step, expected] of cases) {
    const problems = await problemsOf(automation(step), schema);
    assert.equal(problems.length > 0, expected.length > 0, `${step}: ${problems.join('; ')}`);
    for (const one of expected)
      assert.ok(
        problems.some((problem) => one.test(problem)),
        `${step}: ${problems.join('; ')}`,
      );
  }
});

test('what compiles has no finding in the editor', async () => {
  const golden = join(root, 'test/compiler/golden');
  let seen = 0;
  for (const folder of [root, ...readdirSync(golden).map((name) => join(golden, name))]) {
    const { workspace, catalog, diagnostics } = checkWorkspace(folder);
    for (const { account, name, document } of workspace.automations) {
      if (diagnostics.some(({ file, severity }) => file === document.file && severity === 'error')) continue;
      const connections = Object.keys(workspace.accounts.get(account)?.value.connections ?? {});
      const own = automationEditorSchema(base('automation'), catalog, connections);
      assert.deepEqual(await problemsOf(document.text, own), [], `${folder} ${name}`);
      seen++;
    }
  }
  assert.ok(seen > 10, String(seen));
});

const account = (connection: string): string =>
  `{ "name": "x", "recipients": ["age1x75zpmgtwv2hxyv0leu46vte3upyk9spxpylddwe6fknjxtqpyhs8pm47h"], "connections": { "a": ${connection} } }`;

test('account.json gets connectors and their fields', async () => {
  const own = accountEditorSchema(base('account'), builtinCatalog(), new Map());
  assert.deepEqual(await problemsOf(account('{ "connector": "anthropic", "fields": { "model": "x" } }'), own), []);
  assert.equal((await problemsOf(account('{ "connector": "antropic" }'), own)).length, 1);
  assert.equal(
    (await problemsOf(account('{ "connector": "anthropic", "fields": { "api_key": "x" } }'), own)).length,
    1,
  );
});

const shared: [string, Automation] = [
  'notify',
  {
    name: 'Notify',
    settings: {
      type: 'object',
      required: ['channel', 'limit'],
      properties: {
        channel: { type: 'string', description: 'Where it is told.' },
        limit: { $ref: '#/$defs/Count', default: 5 },
      },
      $defs: { Count: { type: 'integer' } },
    },
    trigger: { webhook: { body: {}, verify: 'none' } },
    steps: [{ id: 'stop', stop: true }],
  },
];
const installing = (install: string): string =>
  account('{ "connector": "anthropic" }').replace(/}$/, `, "install": ${install} }`);

test('account.json gets shared automations and their settings', async () => {
  const own = accountEditorSchema(base('account'), builtinCatalog(), new Map([shared]));
  const offered = await completionsAt(installing('{ "|": {} }'), own);
  assert.ok(offered.some(({ label, documentation }) => label === 'notify' && documentation.includes('Notify')));
  const settings = await completionsAt(installing('{ "notify": { "settings": { "|": 1 } } }'), own);
  assert.ok(settings.some(({ label, documentation }) => label === 'channel' && documentation.includes('Where')));
  const right = installing('{ "notify": { "settings": { "channel": "a" }, "connections": { "crm": "a" } } }');
  assert.deepEqual(await problemsOf(right, own), []);
  for (const wrong of [
    '{ "notfy": {} }',
    '{ "notify": {} }',
    '{ "notify": { "settings": { "chanel": "x", "channel": "x" } } }',
    '{ "notify": { "settings": { "channel": "x", "limit": "many" } } }',
  ])
    assert.equal((await problemsOf(installing(wrong), own)).length, 1, wrong);
});

test('only shared automations have settings', async () => {
  const text = automation('{ "id": "a", "stop": true }').replace('{', '{ "settings": { "type": "object" },');
  assert.deepEqual(await problemsOf(text, automationEditorSchema(base('automation'), builtinCatalog())), []);
  assert.equal((await problemsOf(text, schema)).length, 1);
});
