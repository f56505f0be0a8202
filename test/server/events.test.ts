import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { JsonObject } from '../../src/json/value.ts';
import type {
  HookView,
  RefusalExplanationView,
  RefusalListView,
  RunDetailView,
  RunListView,
  RunSummaryView,
} from '../../src/server/api-types.ts';
import { assertNowhere, filesBelow, formsOf } from './canary-forms.ts';
import { withWorkspace, type WorkspaceFiles } from './with-workspace.ts';
import { ISSUE, TWO, withGitHub, hookOf, runsOf } from './with-github.ts';

function order(id: number): object {
  return { kind: 'order', id, total: { amount: id * 10 } };
}

test('one webhook for each repository, with the events of all automations; an event starts those that want it, once', async () => {
  await withGitHub(TWO, async (served, github) => {
    const shop = hookOf(github, 'acme/shop');
    assert.deepEqual(
      github.hooks.map(({ repository, events }) => [repository.toLowerCase(), events]),
      [
        ['acme/shop', ['issues']],
        ['acme/site', ['push']],
      ],
    );
    assert.match(shop.config.url, /^https:\/\/waybill\.example\/hooks\/acme\/@github\/[\w-]{43}$/);
    assert.equal(shop.config.url, hookOf(github, 'acme/site').config.url);
    const first = await github.send(shop, 'issues', { action: 'opened', issue: ISSUE }, served.url, 'delivery-1');
    assert.equal(first.status, 202);
    const { runs } = (await first.json()) as { runs: string[] };
    assert.equal(runs.length, 2);
    await Promise.all(runs.map((run) => served.runner.engine.finished(run)));
    assert.deepEqual(await runsOf(served), ['also-opened', 'opened']);
    const again = await github.send(shop, 'issues', { action: 'opened', issue: ISSUE }, served.url, 'delivery-1');
    assert.deepEqual(await again.json(), { runs, status: 'accepted' });
    // The same webhook's secret, another repository in the body.
    const site = { action: 'opened', issue: ISSUE, repository: { full_name: 'acme/site' } };
    for (const [event, payload] of [
      ['issues', { action: 'edited', issue: ISSUE }],
      ['issues', site],
      ['ping', { zen: 'Design for failure.' }],
    ] as const) {
      const response = await github.send(shop, event, payload, served.url);
      assert.deepEqual([response.status, await response.json()], [202, { runs: [], status: 'accepted' }]);
    }
    assert.equal((await runsOf(served)).length, 2);
    assert.deepEqual((await served.api<RefusalListView>('/refusals')).body.refusals, []);
  });
});

test('the key of a subscription is on no disk in plain text, and comes out nowhere', async () => {
  await withGitHub({ opened: TWO.opened }, async (served, github) => {
    const { secret } = hookOf(github, 'acme/shop').config;
    const shop = hookOf(github, 'acme/shop');
    assertNowhere([secret], [], await filesBelow(join(served.folder, 'data')));
    // Who knows it sends it back, and signs wrong: nothing shows it.
    const echo = {
      action: 'opened',
      issue: ISSUE,
      ...Object.fromEntries(formsOf(secret).map((form, at) => [at, form])),
    };
    const forged = { ...shop, config: { ...shop.config, secret: 'guessed' } };
    const answer = await github.send(forged, 'issues', echo, served.url);
    const paths = ['/subscriptions', '/hooks/acme/@github', '/deploy', '/deployments', '/refusals', '/runs', '/audit'];
    const said = await Promise.all(paths.map(async (path) => JSON.stringify((await served.api(path)).body)));
    assertNowhere([secret], [await answer.text(), ...said], []);
  });
});

test('what is not genuine is refused and kept; an event that is not as the connector says is a warning of its run', async () => {
  await withGitHub(TWO, async (served, github) => {
    const shop = hookOf(github, 'acme/shop');
    const forged = { ...shop, config: { ...shop.config, secret: 'guessed' } };
    const response = await github.send(forged, 'issues', { action: 'opened', issue: ISSUE }, served.url);
    assert.equal(response.status, 401);
    const elsewhere = { ...shop, config: { ...shop.config, url: shop.config.url.replace(/.$/, '_') } };
    assert.equal((await github.send(elsewhere, 'issues', { action: 'opened', issue: ISSUE }, served.url)).status, 404);
    const { refusals } = (await served.api<RefusalListView>('/refusals')).body;
    assert.deepEqual(
      refusals.map(({ automation, status, reason }) => ({ automation, status, reason })),
      [{ automation: '@github', status: 401, reason: 'the signature is wrong' }],
    );
    const odd = { action: 'closed', issue: { ...ISSUE, number: 'seven' } };
    const taken = await github.send(shop, 'issues', odd, served.url);
    const { runs } = (await taken.json()) as { runs: [string] };
    const { run } = (await served.api<RunDetailView>(`/runs/${runs[0]}`)).body;
    assert.deepEqual(run.warnings, ['the event.number must be an integer']);
  });
});

test('an event that cannot be read is kept, and taken once more when it can', async () => {
  const shop = {
    name: 'shop',
    title: 'Shop',
    version: '1.0.0',
    description: 'Sells things.',
    connection: { fields: { key: { title: 'Key', secret: true } }, hosts: [] },
    webhook_schemes: {
      shop: { title: 'Shop', algorithm: 'token', key: { field: 'key' }, signature: { header: 'x-key' } },
    },
    triggers: {
      ordered: {
        title: 'Ordered',
        description: 'A customer orders.',
        output: { type: 'object' },
        sample: {},
        webhook: {
          scheme: 'shop',
          setup: 'Enter the address.',
          items: '${{ body.orders }}',
          when: "${{ item.kind === 'order' }}",
          event: '${{ { id: item.id, total: item.totl.amount } }}',
          id: '${{ item.id }}',
        },
      },
    },
    actions: {},
  };
  const ordered = { name: 'Ordered', trigger: { on: 'shop.ordered' }, steps: [{ id: 'end', stop: true }] };
  const workspace = (connector: object): WorkspaceFiles => ({
    connectors: { shop: connector },
    connections: { shop: { connector: 'shop', secrets: { key: 'the key' } } },
    automations: { ordered },
  });
  const mended = JSON.parse(JSON.stringify(shop).replace('totl', 'total')) as typeof shop;
  await withWorkspace(workspace(shop), async (served) => {
    const { body: hook } = await served.api<HookView>('/hooks/acme/@shop');
    assert.deepEqual(hook.listeners, [{ automation: 'ordered', on: 'shop.ordered', setup: 'Enter the address.' }]);
    const body = JSON.stringify({ orders: [order(1), { kind: 'visit', id: 2 }, order(3), order(1)] });
    const post = (): Promise<Response> =>
      fetch(served.url + hook.path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-key': 'the key' },
        body,
      });
    assert.equal((await post()).status, 400);
    const [refusal] = (await served.api<RefusalListView>('/refusals')).body.refusals;
    assert.match(refusal?.reason ?? '', /ordered: .*absent/);
    await served.deploy(workspace(mended));
    const replayed = await served.api<RunSummaryView>(`/refusals/${refusal?.id}/replay`, { method: 'POST' });
    assert.equal(replayed.status, 202);
    const { runs } = (await served.api<RunListView>('/runs')).body;
    const events = runs.map(({ id }) => served.runner.store.runs.get(id)?.trigger['event'] as JsonObject | undefined);
    assert.deepEqual(new Set(events.map((event) => event?.['total'])), new Set([10, 30]));
    // The service sends it again all the same.
    const { runs: ids } = (await (await post()).json()) as { runs: string[] };
    assert.deepEqual(new Set(ids), new Set(runs.map(({ id }) => id)));
  });
});

test('any of several fields may hold the key, also one of a credential that accounts share', async () => {
  const connector = {
    name: 'shop',
    title: 'Shop',
    version: '1.0.0',
    description: 'Sells things.',
    connection: {
      fields: {
        hook_key: { title: 'Key of hooks', secret: true, required: false },
        app_key: { title: 'Key of the app', secret: true, required: false },
      },
      hosts: [],
    },
    webhook_schemes: {
      shop: {
        title: 'Shop',
        algorithm: 'token',
        key: { field: ['hook_key', 'app_key'] },
        signature: { header: 'x-key' },
        redelivers: false,
      },
    },
    triggers: {
      ordered: {
        title: 'Ordered',
        description: 'A customer orders.',
        output: { type: 'object' },
        sample: {},
        webhook: { scheme: 'shop', setup: 'Enter the address.' },
      },
    },
    actions: {},
  };
  const workspace = (secrets?: { [field: string]: string }): WorkspaceFiles => ({
    connectors: { shop: connector },
    shared: { app: { connector: 'shop', accounts: ['acme'], secrets: { app_key: 'the key of the app' } } },
    connections: { shop: { connector: 'shop', shared: 'app', ...(secrets === undefined ? {} : { secrets }) } },
    automations: {
      ordered: { name: 'Ordered', trigger: { on: 'shop.ordered' }, steps: [{ id: 'end', stop: true }] },
    },
  });
  await withWorkspace(workspace(), async (served) => {
    const { body: hook } = await served.api<HookView>('/hooks/acme/@shop');
    const statusOf = async (key: string): Promise<number> =>
      (
        await fetch(served.url + hook.path, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-key': key },
          body: '{}',
        })
      ).status;
    const both = async (): Promise<number[]> => [await statusOf('the key of the app'), await statusOf('the hook key')];
    assert.deepEqual(await both(), [202, 401]);
    await served.deploy(workspace({ hook_key: 'the hook key' }));
    assert.deepEqual(await both(), [202, 202]);
  });
});

test('a service is asked to send again where too many runs wait', async () => {
  const none = { backlog: { runs: 0, runsOfAccount: 0 } };
  await withGitHub(
    TWO,
    async (served, github) => {
      const shop = hookOf(github, 'acme/shop');
      const answer = await github.send(shop, 'issues', { action: 'opened', issue: ISSUE }, served.url, 'delivery-1');
      assert.equal(answer.status, 503);
      assert.ok(Number(answer.headers.get('retry-after')) > 0);
      assert.deepEqual(await runsOf(served), []);
    },
    true,
    none,
  );
});

test('why the address of a connection refused something is explained as of a webhook', async () => {
  await withGitHub({ opened: TWO.opened }, async (served, github) => {
    const shop = hookOf(github, 'acme/shop');
    await github.send(shop, 'issues', { action: 'opened', text: 'x'.repeat(1_100_000) }, served.url);
    const forged = { ...shop, config: { ...shop.config, secret: 'guessed' } };
    await github.send(forged, 'issues', { action: 'opened', issue: ISSUE }, served.url);
    const { refusals } = (await served.api<RefusalListView>('/refusals')).body;
    const edits = refusals.map(async ({ id, status }) => {
      const { findings } = (await served.api<RefusalExplanationView>(`/refusals/${id}/explanation`)).body;
      return [status, findings[0]?.edit[0]];
    });
    const explained = JSON.stringify(await Promise.all(edits));
    assert.match(explained, /\[401,"is the key of the connection[^"]*waybill connect acme github --web"\]/);
    assert.match(explained, /\[413,"let the sender send less/);
  });
});
