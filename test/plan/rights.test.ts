import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Side } from '../../src/plan/difference.ts';
import { namePlan } from '../../src/plan/digest.ts';
import { renderPlan } from '../../src/plan/render-text.ts';
import { compareSecurity } from '../../src/plan/security-changes.ts';
import { describeSecurity } from '../../src/plan/difference-words.ts';
import { checkTree } from '../../src/runner/check-workspace.ts';
import { testFiles, TestRunner } from '../../src/testing/run-tests.ts';
import { VERSION } from '../../src/version.ts';

function action(scope: string): object {
  return {
    title: 'Act',
    description: 'Acts.',
    effect: 'read',
    scopes: [scope],
    input: { type: 'object', additionalProperties: false },
    output: { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } },
    request: { method: 'GET', path: `/${scope}` },
  };
}

/** A workspace with a service to which a person consents, and an automation that uses these actions of it. */
function workspaceWith(actions: string[], more: { [file: string]: object } = {}): ReturnType<typeof checkTree> {
  const connection = {
    fields: { client_id: { title: 'Client ID' } },
    base_url: '${{ connection.instance }}',
    hosts: ['login.crm.example', '*.my.crm.example'],
    auth: {
      type: 'oauth2',
      grant: 'authorization_code',
      authorize_url: 'https://login.crm.example/authorize',
      token_url: 'https://login.crm.example/token',
      client_id: '${{ connection.client_id }}',
      client_auth: 'none',
      captures: { instance: { value: '${{ response.body.instance_url }}', sample: 'https://one.my.crm.example' } },
    },
  };
  const crm = { read: action('crm.read'), write: action('crm.write') };
  const about = { name: 'crm', title: 'CRM', version: '1.0.0', description: 'Customers.' };
  const steps = actions.map((name) => ({ id: name, uses: `crm.${name}`, with: {} }));
  const recipients = ['age1x75zpmgtwv2hxyv0leu46vte3upyk9spxpylddwe6fknjxtqpyhs8pm47h'];
  const files: { [file: string]: object } = {
    'waybill.json': { waybill: VERSION },
    'connectors/crm/connector.json': { ...about, connection, actions: crm },
    'automations/acme/account.json': {
      name: 'Acme',
      recipients,
      connections: { crm: { connector: 'crm', fields: { client_id: 'the-app' } } },
    },
    'automations/acme/sync.json': { name: 'Sync', trigger: { manual: {} }, steps },
    ...more,
  };
  const texts = Object.entries(files).map(([file, value]) => [file, JSON.stringify(value)] as const);
  const checked = checkTree({ files: new Map(texts), diagnostics: [] });
  assert.deepEqual(
    checked.diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  return checked;
}

function sideOf(actions: string[]): Side {
  const plans = workspaceWith(actions).plans.map((plan) => namePlan(plan));
  const none = new Map<string, never>();
  return { plans, recipients: none, broken: none, brokenAccounts: none, connectors: none };
}

test('a right that an automation needs stands in its plan, and a new one among what is about secrets', () => {
  const after = sideOf(['read', 'write']);
  const [plan] = after.plans;
  assert.ok(plan);
  assert.match(renderPlan(plan), /needs the rights crm\.read, crm\.write/);
  assert.deepEqual(compareSecurity(sideOf(['read']), after).map(describeSecurity), [
    'acme: crm needs the right crm.write (sync); a person has to consent to it',
  ]);
});

test('in tests everybody has consented, and the account lives where the sample says', async () => {
  const to = { host: 'one.my.crm.example', path: '/crm.read' };
  const test = {
    cases: [
      { name: 'reads', trigger: {}, answers: [{ to, with: [{ body: { id: 7 } }] }], expect: { status: 'succeeded' } },
    ],
  };
  const checked = workspaceWith(['read'], { 'automations/acme/sync.test.json': test });
  for await (const { cases } of new TestRunner().run(checked, testFiles(checked))) {
    const [run] = cases;
    assert.ok(run !== undefined && !JSON.stringify(run).includes('placeholder-of-token'));
    assert.equal(run.passed, true, JSON.stringify(run));
  }
});
