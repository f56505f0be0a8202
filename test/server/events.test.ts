import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { JsonObject } from '../../src/json/value.ts';
import type { BacklogLimits } from '../../src/runner/backlog.ts';
import type {
  HookView,
  RefusalListView,
  RotatedHookView,
  RunDetailView,
  RunListView,
  RunSummaryView,
  SubscriptionListView,
} from '../../src/server/api-types.ts';
import { PlayedGitHub, TOKEN, type PlayedHook } from '../runner/subscriptions/played-github.ts';
import { assertNowhere, filesBelow, formsOf } from './canary-forms.ts';
import { withWorkspace, type Served, type WorkspaceFiles } from './with-workspace.ts';

const PUBLIC = 'https://waybill.example';

const ISSUE = {
  number: 7,
  title: 'Found a bug',
  body: null,
  state: 'open',
  html_url: 'https://github.com/acme/shop/issues/7',
  user: { login: 'octocat' },
  labels: [],
  assignees: [],
  comments: 0,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
};

function listening(on: string, repository: string, value = '${{ trigger.event.sender }}'): object {
  return {
    name: 'Listen',
    trigger: { on, with: { repository } },
    steps: [{ id: 'save', uses: 'storage.set', with: { key: 'last', value } }],
  };
}

function files(automations: { [name: string]: object }): WorkspaceFiles {
  return { connections: { github: { connector: 'github', secrets: { token: TOKEN } } }, automations };
}

const TWO = {
  opened: listening('github.issue_opened', 'acme/shop', '${{ trigger.event.title }}'),
  'also-opened': listening('github.issue_opened', 'Acme/Shop'),
  closed: listening('github.issue_closed', 'acme/shop'),
  pushed: listening('github.pushed', 'acme/site'),
};

async function withGitHub(
  automations: { [name: string]: object },
  use: (served: Served, github: PlayedGitHub) => Promise<void>,
  reachable = true,
  more: { backlog?: BacklogLimits } = {},
): Promise<void> {
  const github = await new PlayedGitHub().start();
  const options = {
    reroutes: new Map([['github', github.url]]),
    publicUrl: reachable ? PUBLIC : undefined,
    sealedHosts: ['api.github.com'],
    ...more,
  };
  try {
    await withWorkspace(
      files(automations),
      async (served) => {
        await served.runner.subscriptions.idle();
        await use(served, github);
      },
      options,
    );
  } finally {
    github.close();
  }
}

function hookOf(github: PlayedGitHub, repository: string): PlayedHook {
  const hook = github.hooks.find((one) => one.repository === repository);
  assert.ok(hook, `nothing is subscribed to ${repository}`);
  return hook;
}

function order(id: number): object {
  return { kind: 'order', id, total: { amount: id * 10 } };
}

async function runsOf(served: Served): Promise<string[]> {
  const { body } = await served.api<RunListView>('/runs');
  return body.runs.map(({ automation }) => automation).toSorted();
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

test('subscriptions follow the automations: events and addresses are updated, and what nobody wants is ended', async () => {
  await withGitHub(TWO, async (served, github) => {
    const before = hookOf(github, 'acme/shop').config;
    await served.deploy(files({ commented: listening('github.issue_commented', 'acme/shop'), opened: TWO.opened }));
    await served.runner.subscriptions.idle();
    assert.deepEqual(
      github.hooks.map(({ repository, events, config }) => ({ repository, events, config })),
      [{ repository: 'acme/shop', events: ['issue_comment', 'issues'], config: before }],
    );
    const rotated = await served.api<RotatedHookView>('/hooks/acme/@github/rotate', { method: 'POST' });
    await served.runner.subscriptions.idle();
    assert.equal(hookOf(github, 'acme/shop').config.url, rotated.body.url);
    const late = { ...hookOf(github, 'acme/shop'), config: before };
    assert.equal((await github.send(late, 'issues', { action: 'opened', issue: ISSUE }, served.url)).status, 202);
    const { subscriptions } = (await served.api<SubscriptionListView>('/subscriptions')).body;
    assert.deepEqual(
      subscriptions.map(({ subscription, key, status, automations }) => ({ subscription, key, status, automations })),
      [{ subscription: 'github.repository', key: 'acme/shop', status: 'active', automations: ['commented', 'opened'] }],
    );
    // Neither the automations nor the connection are left.
    await served.deploy({ automations: {} });
    await served.runner.subscriptions.idle();
    assert.deepEqual([github.hooks, served.runner.store.subscriptions.list()], [[], []]);
  });
});

test('a refusal of the service is told, and tried again with another credential', async () => {
  await withGitHub({ opened: TWO.opened }, async (served, github) => {
    github.before = (request, response) => {
      if (request.headers.authorization === `Bearer ${TOKEN}`) return false;
      response
        .writeHead(403, { 'content-type': 'application/json' })
        .end('{"message":"Resource not accessible by token"}');
      return true;
    };
    const other = files({ opened: listening('github.issue_opened', 'acme/other') });
    await served.deploy({
      ...other,
      connections: { github: { connector: 'github', secrets: { token: 'github_pat_without_rights' } } },
    });
    await served.runner.subscriptions.idle();
    const failed = (await served.api<SubscriptionListView>('/subscriptions')).body.subscriptions;
    assert.match(failed.map(({ failure }) => failure?.message).join(), /may not do this/);
    assert.deepEqual(
      failed.map(({ key, status }) => [key, status]),
      [
        ['acme/other', 'creating'],
        // It is ended with what it was made with: its own credential is kept until then.
      ],
    );
    await served.deploy(other);
    await served.runner.subscriptions.idle();
    assert.deepEqual(
      github.hooks.map(({ repository }) => repository),
      ['acme/other'],
    );
    const mended = (await served.api<SubscriptionListView>('/subscriptions')).body.subscriptions;
    assert.deepEqual(
      mended.map(({ status, failure, due_at }) => ({ status, failure, due_at })),
      [{ status: 'active', failure: undefined, due_at: undefined }],
    );
  });
});

test('without an address at which services reach the runner, nothing is subscribed to, and it says so', async () => {
  await withGitHub(
    { opened: TWO.opened },
    async (served, github) => {
      assert.deepEqual(github.requests, []);
      const { subscriptions, reason } = (await served.api<SubscriptionListView>('/subscriptions')).body;
      assert.deepEqual(
        subscriptions.map(({ status }) => status),
        ['waiting'],
      );
      assert.equal(reason, 'services cannot reach the runner: start it with --public-url');
    },
    false,
  );
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
