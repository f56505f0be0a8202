import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RotatedHookView, SubscriptionListView } from '../../src/server/api-types.ts';
import { waybill } from '../cli/waybill.ts';
import { PlayedGitHub, TOKEN } from '../runner/subscriptions/played-github.ts';
import { VERSION } from '../../src/version.ts';
import { withWorkspace, type WorkspaceFiles } from './with-workspace.ts';
import { PUBLIC, ISSUE, listening, files, TWO, withGitHub, hookOf } from './with-github.ts';

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
