import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { NewTokenView } from '../../../src/server/access-types.ts';
import type { DeployView } from '../../../src/server/api-types.ts';
import type { OAuthLinkView, OAuthListView } from '../../../src/server/oauth-types.ts';
import { withWorkspace } from '../with-workspace.ts';
import { OPTIONS, thingsConnector, thingsWorkspace } from './identity-server.ts';
import { goOn, goThrough, PlainService, textOf } from './plain-service.ts';
import { linkFor, post, TOKENS, withPlain } from './with-plain.ts';

test('another site begins no consent, and a link ends with the role of who made it', () =>
  withPlain(TOKENS, async (served, service) => {
    const headers = { 'content-type': 'application/json' };
    const asked = JSON.stringify({ name: 'one', role: 'editor', accounts: ['acme'], expires_in_s: 60 });
    const { body: editor } = await served.api<NewTokenView>('/tokens', { method: 'POST', headers, body: asked });
    const made = await fetch(`${served.url}/api/v1/oauth/acme/things/link`, {
      method: 'POST',
      headers: { authorization: `Bearer ${editor.token}` },
    });
    const { url: link } = (await made.json()) as OAuthLinkView;
    for (const origin of [{}, { origin: 'https://evil.example' }, { origin: 'null' }]) {
      const answer = await fetch(link, { method: 'POST', headers: origin });
      assert.deepEqual([answer.status, answer.headers.get('refresh')], [403, null]);
    }
    assert.match(await textOf(link, ''), /Go on to Things/);
    await served.api(`/tokens/${editor.id}`, { method: 'DELETE' });
    assert.match(await textOf(link, ''), /There is nothing here/);
    const answer = await fetch(link, { method: 'POST', headers: { origin: served.url } });
    assert.deepEqual([answer.status, service.asked], [404, []]);
  }));

test('a link that was used while another way with it began gives no second one', () =>
  withPlain(TOKENS, async (served) => {
    const link = await linkFor(served);
    const hash = createHash('sha256')
      .update(link.split('/').at(-1) ?? '')
      .digest('hex');
    const { consents } = served.runner.store;
    const begun = { state: 'another', browser: 'another', sealed: '', expiresAt: Date.now() + 60_000 };
    assert.equal(await consents.begin(hash, begun), true);
    assert.equal(await consents.use(hash, Date.now()), true);
    assert.equal(await consents.begin(hash, begun), false);
    assert.match(await textOf(link, ''), /Done already/);
  }));

test('a connector leads no browser to an address without TLS, and takes the place of no proof', () =>
  withPlain(
    TOKENS,
    async (served, service) => {
      const { target } = await goOn(await linkFor(served));
      const state = new URL(target).searchParams.get('state') ?? '';
      assert.match(state, /^[\w-]{43}$/);
      for (const address of ['http://things.example/auth', 'javascript:alert(1)//']) {
        const connector = thingsConnector({ issuer: undefined, authorize_url: address });
        await served.deploy(thingsWorkspace(service.url, connector));
        const link = await linkFor(served);
        const answer = await fetch(link, { method: 'POST', headers: { origin: served.url } });
        assert.deepEqual([answer.status, answer.headers.get('refresh')], [503, null]);
        assert.match(await answer.text(), /not at an https address/);
      }
    },
    { authorize_params: { state: 'chosen', redirect_uri: 'https://evil.example' } },
  ));

function callOf(automation: string): object {
  return { id: 'one', call: automation };
}

test('what calls an automation whose consent is owed is stalled too, at whatever distance', () =>
  PlainService.during(TOKENS, (service) => {
    const workspace = thingsWorkspace(service.url, thingsConnector({ issuer: undefined }));
    const trigger = { webhook: { body: { type: 'object' }, verify: 'none', respond: 'finished' } };
    const inner = { ...workspace.automations['list'], trigger: { manual: {} } };
    const middle = {
      name: 'Middle',
      trigger: { manual: {} },
      steps: [{ id: 'when', switch: [{ if: '${{ account.name === "Acme" }}', steps: [callOf('inner')] }] }],
    };
    const outer = { name: 'Outer', trigger, steps: [callOf('middle')] };
    return withWorkspace(
      { ...workspace, automations: { inner, middle, outer, other: workspace.automations['other'] ?? {} } },
      async (served) => {
        const refused = await post(served.hook('outer'));
        assert.deepEqual([refused.status, refused.body.error?.code], [503, 'consent_owed']);
        const [account] = (await served.api<DeployView>('/deploy')).body.accounts;
        const reasons = (account?.stalled_automations ?? []).map((one) => [one.automation, one.reason.message]);
        assert.deepEqual(
          reasons.map(([name]) => name),
          ['inner', 'middle', 'outer'],
        );
        assert.match(
          reasons[2]?.[1] ?? '',
          /^it calls inner, and nobody has consented .* waybill oauth link acme things/,
        );
        const [state] = (await served.api<OAuthListView>('/oauth')).body.connections;
        assert.deepEqual(state?.automations, ['inner']);
        await goThrough(await linkFor(served));
        assert.equal((await post(served.hook('outer'))).status, 200);
      },
      OPTIONS,
    );
  }));
