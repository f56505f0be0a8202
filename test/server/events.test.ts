import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { JsonObject } from '../../src/json/value.ts';
import type {
  HookView,
  RefusalListView,
  RotatedHookView,
  RunDetailView,
  RunListView,
  RunSummaryView,
  SubscriptionListView,
} from '../../src/server/api-types.ts';
import { waybill } from '../cli/waybill.ts';
import { PlayedGitHub, TOKEN, type PlayedHook } from '../runner/subscriptions/played-github.ts';
import { VERSION } from '../../src/version.ts';
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
): Promise<void> {
  const github = await new PlayedGitHub().start();
  const options = {
    reroutes: new Map([['github', github.url]]),
    publicUrl: reachable ? PUBLIC : undefined,
    sealedHosts: ['api.github.com'],
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
    const data = join(served.folder, 'data');
    for (const file of await readdir(data))
      assert.ok(!(await readFile(join(data, file))).includes(secret), `${file} holds the key`);
    for (const path of ['/subscriptions', '/hooks/acme/@github', '/deploy', '/refusals'])
      assert.doesNotMatch(JSON.stringify((await served.api(path)).body), new RegExp(secret));
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

test('with a credential that accounts share: subscriptions are made, and ended when the account has gone', async () => {
  const github = await new PlayedGitHub().start();
  const options = {
    reroutes: new Map([['github', github.url]]),
    publicUrl: PUBLIC,
    sealedHosts: ['api.github.com'],
  };
  const workspace: WorkspaceFiles = {
    shared: { app: { connector: 'github', accounts: ['acme'], secrets: { token: TOKEN } } },
    connections: { github: { connector: 'github', shared: 'app' } },
    automations: { opened: TWO.opened },
  };
  try {
    await withWorkspace(
      workspace,
      async ({ runner, folder }) => {
        await runner.subscriptions.idle();
        assert.deepEqual(
          github.hooks.map(({ repository }) => repository),
          ['acme/shop'],
        );
        for (const part of ['automations', 'secrets']) await rm(join(folder, part), { recursive: true });
        await writeFile(join(folder, 'waybill.json'), JSON.stringify({ waybill: VERSION }));
        await runner.deploy();
        await runner.subscriptions.idle();
        assert.deepEqual([github.hooks, runner.store.subscriptions.list()], [[], []]);
      },
      options,
    );
  } finally {
    github.close();
  }
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
      const data = join(served.folder, 'data');
      const { out } = await waybill(['doctor', '--workspace', served.folder, '--data', data, '--format', 'json']);
      const { checks } = JSON.parse(out) as { checks: { name: string; status: string; message: string }[] };
      const told = checks.find(({ name }) => name === 'subscriptions');
      assert.deepEqual([told?.status, told?.message], ['missing', `nothing comes for opened: ${reason}`]);
    },
    false,
  );
});
