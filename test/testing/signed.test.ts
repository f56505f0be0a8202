import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkTree } from '../../src/runner/check-workspace.ts';
import { testFiles, TestRunner } from '../../src/testing/run-tests.ts';
import { VERSION } from '../../src/version.ts';
import { automationOf } from '../compiler/compile-text.ts';

const bank = {
  name: 'bank',
  title: 'Bank',
  version: '1.0.0',
  description: 'Holds money.',
  connection: {
    fields: { key: { title: 'Private key', secret: true } },
    base_url: 'https://api.bank.example',
    hosts: ['api.bank.example'],
    derived: {
      id: { random: 'uuid' },
      time: { time: { as: 'unix_s' } },
      token: { jwt: { algorithm: 'RS256', key: '${{ connection.key }}', claims: { sub: '${{ derived.id }}' } } },
    },
    auth: {
      type: 'custom',
      headers: {
        'X-Id': '${{ derived.id }}',
        'X-Time': '${{ derived.time }}',
        Authorization: 'Bearer ${{ derived.token }}',
      },
    },
  },
  actions: {
    balance: {
      title: 'Balance',
      description: 'Gives the balance.',
      effect: 'read',
      input: { type: 'object', additionalProperties: false },
      output: { type: 'integer' },
      request: { method: 'GET', path: '/balance' },
      response: { output: '${{ response.body.cents }}' },
    },
  },
};

test('requests that are signed with a private key can be tested without one, the same each time', async () => {
  const account = {
    name: 'Acme',
    recipients: ['age1x75zpmgtwv2hxyv0leu46vte3upyk9spxpylddwe6fknjxtqpyhs8pm47h'],
    connections: { bank: { connector: 'bank' } },
  };
  const automation = automationOf([{ id: 'look', uses: 'bank.balance', with: {} }], { type: 'object' });
  const headers = {
    'x-id': '00000000-0000-4000-8000-000000000000',
    'x-time': '1767225600',
    authorization: 'Bearer signed-token',
  };
  const one = {
    name: 'one',
    trigger: { body: {} },
    answers: [{ with: [{ body: { cents: 12 } }] }],
    expect: { status: 'succeeded', requests: [{ headers }] },
  };
  const files = {
    'waybill.json': { waybill: VERSION },
    'connectors/bank/connector.json': bank,
    'automations/acme/account.json': account,
    'automations/acme/example.json': automation,
    'automations/acme/example.test.json': { cases: [one] },
  };
  const texts = Object.entries(files).map(([path, value]) => [path, JSON.stringify(value)] as const);
  const checked = checkTree({ files: new Map(texts), diagnostics: [] });
  for await (const { cases } of new TestRunner().run(checked, testFiles(checked)))
    assert.deepEqual(
      cases.map(({ problems, differences }) => ({ problems, differences })),
      [{ problems: [], differences: [] }],
    );
});
