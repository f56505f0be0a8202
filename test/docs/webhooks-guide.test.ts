import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkWorkspace } from '../../src/runner/check-workspace.ts';
import { withWorkspace } from '../server/with-workspace.ts';

const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/webhooks.md'), 'utf8');
const examples = [...guide.matchAll(/```json\n([^]*?)```/g)].map(([, json = '']) => json);
const [webhook = '', parcels = '', dedupe = '', sent = '', desk = '', poll = '', shop = ''] = examples;

function automation(from: object, key: string): object {
  const steps = [{ id: 'keep', uses: 'storage.set', with: { key: 'last', value: key } }];
  return { name: 'Example', trigger: from, steps };
}

test('the triggers and connectors of the guide compile together', async () => {
  const trigger = JSON.parse(webhook) as { webhook: object };
  const body = (trigger.webhook as { body: object }).body;
  const verify = { scheme: 'parcels', connection: 'parcels' };
  const own = { webhook: { body, verify, ...(JSON.parse(`{${dedupe}}`) as object) } };
  const files = {
    connectors: {
      parcels: JSON.parse(parcels) as object,
      desk: JSON.parse(desk) as object,
      shop: JSON.parse(shop) as object,
    },
    connections: {
      hooks: { connector: 'webhooks', secrets: { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' } },
      parcels: { connector: 'parcels', secrets: { signing_secret: 'shared with parcels' } },
      github: { connector: 'github', secrets: { token: 'github_pat_of_the_guide' } },
      desk: { connector: 'desk', secrets: { api_key: 'key of the desk' } },
      shop: { connector: 'shop', secrets: { api_key: 'key of the shop' } },
    },
    automations: {
      standard: automation(trigger, '${{ trigger.body.id }}'),
      own: automation(own, '${{ trigger.body.id }}'),
      issues: automation(JSON.parse(sent) as object, '${{ trigger.event.number }}'),
      tickets: automation({ on: 'desk.ticket_opened', with: { queue: 'sales' } }, '${{ trigger.event.id }}'),
      orders: automation(JSON.parse(poll) as object, '${{ trigger.event.id }}'),
    },
  };
  await withWorkspace(files, ({ folder }) => {
    const { diagnostics, plans } = checkWorkspace(folder);
    // Sealed for no host: that is told of the secrets, nothing is deployed, and so no shop is asked.
    assert.deepEqual(
      diagnostics.filter(({ file }) => !file.startsWith('secrets/') && !file.endsWith('account.json')),
      [],
    );
    assert.deepEqual(
      plans.map(({ automation: name, trigger: { kind } }) => [name, kind]),
      [
        ['issues', 'event'],
        ['orders', 'poll'],
        ['own', 'webhook'],
        ['standard', 'webhook'],
        ['tickets', 'event'],
      ],
    );
    return Promise.resolve();
  });
});
