import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { SubscriptionListView } from '../../../src/server/api-types.ts';
import type { OAuthLinkView } from '../../../src/server/oauth-types.ts';
import { withWorkspace, type Served } from '../with-workspace.ts';
import { OPTIONS, thingsConnector, thingsWorkspace } from './identity-server.ts';
import { goOn, PlainService, textOf } from './plain-service.ts';

const PUBLIC = 'https://waybill.example';

/** The service with a trigger that it sends. */
function sending(): object {
  return {
    ...thingsConnector({ issuer: undefined }),
    webhook_schemes: {
      things: {
        title: 'Things',
        algorithm: 'hmac-sha256',
        key: {},
        signature: { header: 'X-Sign' },
        redelivers: false,
      },
    },
    subscriptions: {
      hook: {
        title: 'a hook',
        secret: 'minted',
        create: { request: { method: 'POST', path: '/hooks' }, id: '${{ response.body.owner }}' },
        delete: { request: { method: 'DELETE', path: '/hooks/${{ subscription.id }}' } },
      },
    },
    triggers: {
      made: {
        title: 'Thing made',
        description: 'A thing is made.',
        output: { type: 'object' },
        sample: {},
        webhook: { scheme: 'things', subscription: 'hook' },
      },
    },
  };
}

test('consent makes subscriptions at once; they are ended with a refreshed grant when the account has gone', async () => {
  const tokens = ['the-first-access-token', 'the-second-access-token'];
  const gone = new Set<string>();
  const options = {
    token: () => ({ body: { access_token: tokens.shift(), refresh_token: 'the-refresh-token', token_type: 'Bearer' } }),
    takes: (token: string) => !gone.has(token),
  };
  await PlainService.during(options, async (service) => {
    const { automations: _automations, ...files } = thingsWorkspace(service.url, sending());
    const made = { name: 'Made', trigger: { on: 'things.made' }, steps: [{ id: 'end', stop: true }] };
    await withWorkspace(
      { ...files, automations: { made } },
      async (served) => {
        await served.runner.subscriptions.idle();
        assert.deepEqual(await states(served), [['creating', 'grant_missing']]);
        await consent(served);
        await served.runner.subscriptions.idle();
        assert.deepEqual(await states(served), [['active', undefined]]);
        gone.add('the-first-access-token');
        for (const part of ['automations', 'secrets', 'connectors'])
          await rm(join(served.folder, part), { recursive: true });
        await served.runner.deploy();
        await served.runner.subscriptions.idle();
        assert.deepEqual(served.runner.store.subscriptions.list(), []);
        const [create, ...end] = service.seen.slice(-3);
        assert.deepEqual(
          [create, end],
          ['the-first-access-token', ['the-first-access-token', 'the-second-access-token']],
        );
      },
      { ...OPTIONS, publicUrl: PUBLIC },
    );
  });
});

async function states(served: Served): Promise<[string, string | undefined][]> {
  const { body } = await served.api<SubscriptionListView>('/subscriptions');
  return body.subscriptions.map(({ status, failure }) => [status, failure?.code]);
}

/** A person goes the whole way. */
async function consent(served: Served): Promise<void> {
  const { body } = await served.api<OAuthLinkView>('/oauth/acme/things/link', { method: 'POST' });
  const { target, cookie } = await goOn(body.url.replace(PUBLIC, served.url));
  const back = await fetch(target, { redirect: 'manual' });
  const callback = (back.headers.get('location') ?? '').replace(PUBLIC, served.url);
  assert.match(await textOf(callback, cookie), /Things is connected/);
}
