import assert from 'node:assert/strict';
import type { BacklogLimits } from '../../src/runner/backlog.ts';
import type { RunListView } from '../../src/server/api-types.ts';
import { PlayedGitHub, TOKEN, type PlayedHook } from '../runner/subscriptions/played-github.ts';
import { withWorkspace, type Served, type WorkspaceFiles } from './with-workspace.ts';

export const PUBLIC = 'https://waybill.example';

export const ISSUE = {
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

export function listening(on: string, repository: string, value = '${{ trigger.event.sender }}'): object {
  return {
    name: 'Listen',
    trigger: { on, with: { repository } },
    steps: [{ id: 'save', uses: 'storage.set', with: { key: 'last', value } }],
  };
}

export function files(automations: { [name: string]: object }): WorkspaceFiles {
  return { connections: { github: { connector: 'github', secrets: { token: TOKEN } } }, automations };
}

export const TWO = {
  opened: listening('github.issue_opened', 'acme/shop', '${{ trigger.event.title }}'),
  'also-opened': listening('github.issue_opened', 'Acme/Shop'),
  closed: listening('github.issue_closed', 'acme/shop'),
  pushed: listening('github.pushed', 'acme/site'),
};

export async function withGitHub(
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

export function hookOf(github: PlayedGitHub, repository: string): PlayedHook {
  const hook = github.hooks.find((one) => one.repository === repository);
  assert.ok(hook, `nothing is subscribed to ${repository}`);
  return hook;
}

export async function runsOf(served: Served): Promise<string[]> {
  const { body } = await served.api<RunListView>('/runs');
  return body.runs.map(({ automation }) => automation).toSorted();
}
