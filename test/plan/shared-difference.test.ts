import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Difference } from '../../src/plan/difference.ts';
import { renderDifferenceMarkdown, renderDifferenceText } from '../../src/plan/render-difference.ts';
import { checkTree, type CheckedWorkspace } from '../../src/runner/check-workspace.ts';
import { compareWorkspaces } from '../../src/runner/compare-commits.ts';

const KEY = 'age1x75zpmgtwv2hxyv0leu46vte3upyk9spxpylddwe6fknjxtqpyhs8pm47h';
const NEW_KEY = 'age1y4702sehvymae54q8mqn5clq50l9qchtdknq029vwxn52h0qwy6q7uca0a';
const ACCOUNTS = Array.from({ length: 500 }, (_, index) => `account-${String(index).padStart(3, '0')}`);

type Files = { [path: string]: object };

function checked(files: Files): CheckedWorkspace {
  const sorted = Object.entries({ 'waybill.json': { waybill: '0.1.0' }, ...files }).toSorted(([left], [right]) =>
    left < right ? -1 : 1,
  );
  return checkTree({ files: new Map(sorted.map(([path, value]) => [path, JSON.stringify(value)])), diagnostics: [] });
}

function notify(value: string, more: object[] = []): object {
  return {
    name: 'Notify',
    settings: { type: 'object', properties: { tone: { type: 'string', default: 'plain' } } },
    trigger: { webhook: { body: { type: 'object' }, verify: 'none' } },
    steps: [{ id: 'keep', uses: 'storage.set', with: { key: 'k', value } }, ...more],
  };
}

function accounts(tones: { [account: string]: string } = {}, recipients = [KEY]): Files {
  return Object.fromEntries(
    ACCOUNTS.map((name) => {
      const settings = tones[name] === undefined ? {} : { settings: { tone: tones[name] } };
      return [`automations/${name}/account.json`, { name, recipients, install: { notify: settings } }];
    }),
  );
}

function difference(before: Files, after: Files): Difference {
  return compareWorkspaces(checked(before), checked(after), () => true);
}

const BEFORE: Files = { ...accounts(), 'automations/shared/notify.json': notify('${{ settings.tone }}') };

test('what 500 accounts have in common is told once, and what is one account’s own with that account', () => {
  const after = {
    ...accounts({ 'account-007': 'kind' }, [KEY, NEW_KEY]),
    'automations/shared/notify.json': notify('${{ settings.tone }}!'),
  };
  const found = difference(BEFORE, after);
  const names = ACCOUNTS.slice(0, 10).join(', ');
  const others = ACCOUNTS.filter((name) => name !== 'account-007');
  assert.equal(
    renderDifferenceText(found),
    `Who can read secrets, and where they go
  500 accounts (${names}, … and 490 more): ${NEW_KEY} can read their secrets from now on

Shared automations
  notify changed in 499 accounts (${others.slice(0, 10).join(', ')}, … and 489 more)
    step keep: with.value: "\${{ settings.tone }}" → "\${{ settings.tone }}!"

Account account-007
  notify changed
    settings: tone: "plain" → "kind"
    step keep: with.value: "\${{ settings.tone }}" → "\${{ settings.tone }}!"`,
  );
  assert.deepEqual(found.shared[0]?.accounts, others);
  assert.ok(renderDifferenceMarkdown(found).length < 2000);
});

test('a shared automation that does not compile any more breaks all that install it, and is mended in all', () => {
  const broken = { ...accounts(), 'automations/shared/notify.json': notify('${{ settings.ton }}') };
  const [change, ...others] = difference(BEFORE, broken).shared;
  assert.deepEqual([change?.kind, change?.accounts.length, others], ['broken', 500, []]);
  assert.match(change?.reason ?? '', /^WB2006/);
  assert.equal(difference(broken, BEFORE).shared[0]?.kind, 'mended');
});

test('what an account lacks breaks it alone, a broken account breaks what it installed', () => {
  const lacking = notify('x', [{ id: 'get', uses: 'http.get', with: { url: 'https://api.example.com' } }]);
  const [change] = difference(BEFORE, { ...BEFORE, 'automations/shared/notify.json': lacking }).shared;
  assert.equal(change?.reason, 'WB5001 `notify`: the account has no connection to HTTP');
  const broken = difference(BEFORE, { ...BEFORE, 'automations/account-003/account.json': { name: 'x' } });
  assert.deepEqual(
    broken.accounts.map(({ account, automations }) => [account, automations.map(({ kind }) => kind)]),
    [['account-003', ['broken']]],
  );
  const gone = difference(BEFORE, {
    ...BEFORE,
    'automations/account-003/account.json': { name: 'x', recipients: [KEY] },
  });
  assert.deepEqual(gone.accounts[0]?.automations[0]?.kind, 'removed');
});

function posting(url: string): Files {
  return {
    'automations/acme/account.json': {
      name: 'Acme',
      recipients: [KEY],
      connections: { crm: { connector: 'http', fields: { hosts: ['crm.acme.example'] } } },
    },
    'automations/acme/lead.json': {
      name: 'Lead',
      trigger: { webhook: { body: { type: 'object' }, verify: 'none' } },
      steps: [{ id: 'send', uses: 'http.request', connection: 'crm', with: { method: 'POST', url } }],
    },
  };
}

test('the credential of what does not compile any more still goes where it went', () => {
  const { 'automations/acme/lead.json': _, ...gone } = posting('x');
  const before = posting('https://crm.acme.example/leads');
  assert.deepEqual(difference(before, posting('${{ trigger.bdoy }}')).security, []);
  assert.deepEqual(
    difference(before, gone).security.map(({ kind, value }) => [kind, value]),
    [['host_removed', 'crm.acme.example']],
  );
});
