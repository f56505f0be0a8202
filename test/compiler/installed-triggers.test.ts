import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PollTrigger, WebhookTrigger } from '../../src/generated/plan.ts';
import { checkTree } from '../../src/runner/check-workspace.ts';
import { VERSION } from '../../src/version.ts';

const RECIPIENT = 'age1x75zpmgtwv2hxyv0leu46vte3upyk9spxpylddwe6fknjxtqpyhs8pm47h';
const at = { header: 'X-Signature' };
const bell = {
  name: 'bell',
  title: 'Bell',
  version: '1.0.0',
  description: 'Rings.',
  connection: {
    fields: { public_key: { title: 'Public key', required: false } },
    base_url: 'https://bell.example.com',
    hosts: ['bell.example.com'],
  },
  webhook_schemes: {
    bell: { title: 'Bell', algorithm: 'ed25519', key: { field: 'public_key', decode: 'hex' }, signature: at },
  },
  triggers: {
    rung: {
      title: 'Rung',
      description: 'It rang.',
      input: { type: 'object', properties: { door: { type: 'string' } } },
      output: { type: 'object' },
      sample: {},
      poll: {
        request: { method: 'GET', path: '/rings' },
        items: '${{ response.body }}',
        key: '${{ item.id }}',
        order: 'any',
      },
    },
  },
  actions: {},
};
const steps = [{ id: 'keep', uses: 'storage.set', with: { key: 'rang', value: true } }];
const verify = { scheme: 'bell', connection: 'bell' };
const settings = { type: 'object', required: ['door'], properties: { door: { type: 'string' } } };

function check(connections: object, install: object) {
  const account = { name: 'Acme', recipients: [RECIPIENT], connections, install };
  const polled = { on: 'bell.rung', connection: 'bell', with: { door: '${{ settings.door }}' }, first: 'all' };
  const files = {
    'waybill.json': { waybill: VERSION },
    'connectors/bell/connector.json': bell,
    'automations/acme/account.json': account,
    'automations/shared/hook.json': { name: 'Hook', trigger: { webhook: { body: {}, verify } }, steps },
    'automations/shared/poll.json': { name: 'Poll', settings, trigger: polled, steps },
  };
  const texts = Object.entries(files).map(([file, value]): [string, string] => [file, JSON.stringify(value)]);
  return checkTree({ files: new Map(texts), diagnostics: [] });
}

const front = { connector: 'bell', fields: { public_key: 'a'.repeat(64) } };

test('an account that installs an automation says which of its connections verifies and is asked', () => {
  const renamed = { connections: { bell: 'front' } };
  const { diagnostics, plans } = check({ front }, { hook: renamed, poll: { ...renamed, settings: { door: 'front' } } });
  assert.deepEqual(diagnostics, []);
  const [hook, poll] = plans.map(({ trigger }) => trigger) as [WebhookTrigger, PollTrigger];
  assert.deepEqual([hook.verify !== 'none' && hook.verify.connection, poll.connection], ['front', 'front']);
  assert.deepEqual(
    plans.map(({ connections }) => Object.keys(connections)),
    [['front'], ['front']],
  );
});

test('what an account lacks for a shared automation is told where it installs it', () => {
  const { diagnostics } = check({ front: { connector: 'bell' } }, { hook: { connections: { bell: 'front' } } });
  assert.deepEqual(
    diagnostics.map(({ code, file, pointer }) => [code, file, pointer]),
    [['WB6013', 'automations/acme/account.json', '/install/hook']],
  );
  const missing = check({}, { hook: {}, poll: { settings: { door: 'front' } } }).diagnostics;
  assert.deepEqual(
    missing.map(({ code, pointer }) => [code, pointer]),
    [
      ['WB5001', '/install/hook'],
      ['WB5001', '/install/poll'],
    ],
  );
});
