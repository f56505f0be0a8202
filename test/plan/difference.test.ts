import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { comparePlans, type Side } from '../../src/plan/difference.ts';
import { renderDifferenceMarkdown } from '../../src/plan/render-difference.ts';
import { waybill } from '../cli/waybill.ts';

const golden = join(import.meta.dirname, 'golden');
const KEYS = [
  'age1y4702sehvymae54q8mqn5clq50l9qchtdknq029vwxn52h0qwy6q7uca0a',
  'age1x75zpmgtwv2hxyv0leu46vte3upyk9spxpylddwe6fknjxtqpyhs8pm47h',
];
const account = (recipients: string[], hosts: string[]): object => ({
  name: 'Acme',
  recipients,
  connections: { web: { connector: 'http', fields: { hosts } } },
});
const put = (id: string, value: string, more: object = {}): object => ({
  id,
  uses: 'storage.set',
  with: { key: 'k', value },
  ...more,
});
const get = (id: string): object => ({ id, uses: 'http.get', with: { url: 'https://api.example.com/x' } });
const automation = (steps: object[], respond = 'accepted'): object => ({
  name: 'Example',
  trigger: {
    webhook: {
      body: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } },
      verify: 'none',
      respond,
    },
  },
  steps,
});
const crm = (output: object): object => ({
  name: 'crm',
  title: 'CRM',
  version: '1.0.0',
  description: 'Contacts.',
  actions: {
    find: {
      title: 'Find',
      description: 'Finds.',
      effect: 'read',
      input: { type: 'object' },
      output,
      request: { method: 'GET', url: 'https://crm.example.com' },
    },
  },
});
const found = (name: string): object => ({
  type: 'object',
  required: [name],
  additionalProperties: false,
  properties: { [name]: { type: 'string' } },
});

const BEFORE: { [path: string]: object } = {
  'waybill.json': { waybill: '0.1.0' },
  'connectors/crm/connector.json': crm(found('email')),
  'automations/acme/account.json': account([KEYS[0] ?? ''], ['api.example.com']),
  'automations/acme/changed.json': automation([put('one', '${{ trigger.body.text }}'), put('two', 'x'), get('three')]),
  'automations/acme/gone.json': automation([put('one', 'x')]),
  'automations/acme/same.json': automation([put('one', 'x')]),
  'automations/acme/uses-crm.json': automation([
    { id: 'find', uses: 'crm.find' },
    put('keep', '${{ steps.find.email }}'),
  ]),
};
const AFTER: { [path: string]: object } = {
  ...BEFORE,
  'connectors/crm/connector.json': crm(found('mail')),
  'automations/acme/account.json': account(KEYS, ['api.example.com', 'evil.example.net']),
  'automations/acme/changed.json': automation(
    [
      { id: 'route', switch: [{ if: "${{ trigger.body.text === 'a' }}", steps: [put('two', 'x')] }] },
      put('one', '${{ trigger.body.text.trim() }}', { retry: { attempts: 2 } }),
      get('three'),
    ],
    'finished',
  ),
  'automations/acme/new.json': automation([put('one', 'x')]),
};

/** A repository whose first commit is one side, and whose working tree is the other. */
async function withSides(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-diff-'));
  const git = (...args: string[]): void => {
    execFileSync('git', ['-C', folder, '-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], {
      stdio: 'pipe',
    });
  };
  const write = (files: { [path: string]: object }): void => {
    for (const [path, value] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), JSON.stringify(value, undefined, 2));
    }
  };
  git('init', '--quiet');
  write(BEFORE);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'before');
  rmSync(join(folder, 'automations/acme/gone.json'));
  write({ ...AFTER, 'automations/acme/gone.json': {} });
  rmSync(join(folder, 'automations/acme/gone.json'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('what a branch changes is told in words, what is about secrets first', { timeout: 30_000 }, async () => {
  await withSides(async (folder) => {
    for (const [format, name] of Object.entries({
      text: 'difference.txt',
      markdown: 'difference.md',
      json: 'difference.json',
    })) {
      const { code, out } = await waybill(['plan', '--workspace', folder, '--against', 'HEAD', '--format', format]);
      assert.equal(code, 1, 'one automation does not compile any more');
      const file = join(golden, name);
      if (process.env['UPDATE_GOLDEN'] === '1') {
        mkdirSync(golden, { recursive: true });
        writeFileSync(file, out);
      }
      assert.ok(existsSync(file), 'run the tests once with UPDATE_GOLDEN=1, and read what it wrote');
      assert.equal(out, readFileSync(file, 'utf8'));
    }
    const same = await waybill(['plan', '--workspace', folder, '--against', 'HEAD', '--at', 'HEAD']);
    assert.deepEqual([same.code, same.out], [0, 'no changes\n']);
    assert.equal((await waybill(['plan', '--workspace', folder, '--against', 'nope'])).code, 2);
    assert.equal((await waybill(['plan', '--workspace', folder, '--format', 'markdown'])).code, 2);
  });
});

function side(recipients: string[]): Side {
  return {
    plans: [],
    recipients: new Map([['acme', recipients]]),
    broken: new Map(),
    brokenAccounts: new Map(),
    connectors: new Map(),
  };
}

test('what files say forms no markup in a comment', () => {
  const hostile = '<img src=x> @everyone [click](https://evil.example) `code` | # \n\n## title';
  const text = renderDifferenceMarkdown(comparePlans(side(['age1old']), side([hostile])));
  assert.equal(text.split('\n').filter((line) => line.startsWith('#')).length, 1);
  assert.doesNotMatch(text, /(?<!\\)</);
  assert.doesNotMatch(text, /@everyone|https:\/\/evil|(?<!\\)\[click/);
});

test('a comment stays below GitHub’s limit', () => {
  const recipients = Array.from({ length: 5000 }, (_, index) => `age1${String(index).padStart(40, '0')}`);
  const text = renderDifferenceMarkdown(comparePlans(side([]), side(recipients)));
  assert.ok(text.length < 65_536);
  assert.match(text, /… and more/);
});
