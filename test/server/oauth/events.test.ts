import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HookView, RefusalListView, RunListView } from '../../../src/server/api-types.ts';
import type { OAuthLinkView } from '../../../src/server/oauth-types.ts';
import { withWorkspace, type Served } from '../with-workspace.ts';
import { OPTIONS, thingsConnector, thingsWorkspace } from './identity-server.ts';
import { goThrough, PlainService } from './plain-service.ts';

const TOKENS = { token: () => ({ body: { access_token: 'the-access-token', token_type: 'Bearer' } }) };

const SHOP = {
  name: 'shop',
  title: 'Shop',
  version: '1.0.0',
  description: 'Sells things.',
  connection: { fields: { key: { title: 'Key', secret: true } }, hosts: [] },
  webhook_schemes: {
    shop: {
      title: 'Shop',
      algorithm: 'token',
      key: { field: 'key' },
      signature: { header: 'x-key' },
      delivery_id: { header: 'x-id' },
    },
  },
  triggers: {
    ordered: {
      title: 'Ordered',
      description: 'A customer orders.',
      output: { type: 'object' },
      sample: {},
      webhook: { scheme: 'shop', setup: 'Enter the address.', when: "${{ body.kind === 'order' }}" },
    },
  },
  actions: {},
};

/** Two automations that the same event starts; people have yet to consent to what `list` calls. */
async function withShop(
  use: (served: Served, send: (body: object, id?: string) => Promise<Response>) => Promise<void>,
) {
  await PlainService.during(TOKENS, (service) => {
    const things = thingsWorkspace(service.url, thingsConnector({ issuer: undefined }));
    const trigger = { on: 'shop.ordered', connection: 'shop' };
    const files = {
      connectors: { ...things.connectors, shop: SHOP },
      connections: { ...things.connections, shop: { connector: 'shop', secrets: { key: 'the key' } } },
      automations: {
        list: { name: 'List', trigger, steps: [{ id: 'things', uses: 'things.list', with: {} }] },
        note: { name: 'Note', trigger, steps: [{ id: 'end', stop: true }] },
      },
    };
    return withWorkspace(
      files,
      async (served) => {
        const { body } = await served.api<HookView>('/hooks/acme/@shop');
        await use(served, (event, id) =>
          fetch(served.url + body.path, {
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              'x-key': 'the key',
              ...(id === undefined ? {} : { 'x-id': id }),
            },
            body: JSON.stringify(event),
          }),
        );
      },
      OPTIONS,
    );
  });
}

async function runsOf(served: Served): Promise<string[]> {
  const { body } = await served.api<RunListView>('/runs');
  return body.runs.map(({ automation }) => automation).toSorted();
}

async function consent(served: Served): Promise<void> {
  const { body } = await served.api<OAuthLinkView>('/oauth/acme/things/link', { method: 'POST' });
  await goThrough(body.url);
}

const ORDER = { kind: 'order' };

test('an event that one automation cannot take yet is sent again by its name, and starts the others once', () =>
  withShop(async (served, send) => {
    assert.equal((await send({ kind: 'visit' }, 'zero')).status, 202);
    for (const _time of [1, 2]) assert.equal((await send(ORDER, 'one')).status, 503);
    assert.deepEqual(await runsOf(served), ['note']);
    await consent(served);
    for (const _time of [1, 2]) assert.equal((await send(ORDER, 'one')).status, 202);
    assert.deepEqual(await runsOf(served), ['list', 'note']);
  }));

test('without a name it is kept for the one and answered as taken: nothing is lost, and nothing comes twice', () =>
  withShop(async (served, send) => {
    assert.equal((await send(ORDER)).status, 202);
    assert.deepEqual(await runsOf(served), ['note']);
    const { refusals } = (await served.api<RefusalListView>('/refusals')).body;
    assert.deepEqual(
      refusals.map(({ automation, status }) => [automation, status]),
      [['@shop', 503]],
    );
    const replay = (): Promise<{ status: number }> =>
      served.api(`/refusals/${refusals[0]?.id}/replay`, { method: 'POST' });
    assert.equal((await replay()).status, 409);
    await consent(served);
    for (const _time of [1, 2]) assert.equal((await replay()).status, 202);
    assert.deepEqual(await runsOf(served), ['list', 'note']);
  }));

test('what is too long to be kept starts nothing before all can take it', () =>
  withShop(async (served, send) => {
    const long = { ...ORDER, text: 'a'.repeat(300 * 1024) };
    assert.equal((await send(long)).status, 503);
    await consent(served);
    assert.equal((await send(long)).status, 202);
    assert.deepEqual(await runsOf(served), ['list', 'note']);
  }));
