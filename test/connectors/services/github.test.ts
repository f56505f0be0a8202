import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isJsonObject, type Json, type JsonObject } from '../../../src/json/value.ts';
import { json, outputOf } from '../local-service.ts';
import { ServiceUnderTest } from './contract.ts';
import { testTriggers } from './trigger-contract.ts';
import { VendorDocument } from './vendor-document.ts';

const github = new VendorDocument(import.meta.resolve('@octokit/openapi/generated/api.github.com.json'));
const service = new ServiceUnderTest('github', { token: 'github_pat_1' });
const repository = 'octocat/Hello-World';

// GitHub's examples, with what they leave out or say of another case.
const { pull_request: _pull, ...anIssue } = object(github.example('POST /repos/{owner}/{repo}/issues', 201));
const issue = { ...anIssue, state_reason: null };
const pull = {
  ...object(github.example('GET /repos/{owner}/{repo}/pulls/{pull_number}', 200)),
  requested_teams: [],
  merged_at: null,
  closed_at: null,
};
const {
  parent: _parent,
  source: _source,
  template_repository: _template,
  ...aRepository
} = object(github.example('GET /repos/{owner}/{repo}', 200));
const readme = {
  ...object(github.example('GET /repos/{owner}/{repo}/contents/{path}', 200)),
  path: 'docs/LIES MICH.md',
  size: 7,
  content: 'R3LDvMOf\nZQ==\n',
};

const issuesSorted = `/repos/${repository}/issues?state=all&sort=created&direction=desc&per_page=100`;
const pullsSorted = `/repos/${repository}/pulls?state=all&sort=created&direction=desc&per_page=100`;

function object(value: Json): JsonObject {
  return isJsonObject(value) ? value : {};
}

service.testActions(github, {
  create_issue: {
    input: {
      repository: repository,
      title: 'Found a bug',
      body: 'It breaks.',
      labels: ['bug'],
      assignees: ['octocat'],
      milestone: 1,
    },
    operation: 'POST /repos/{owner}/{repo}/issues',
    url: '/repos/octocat/Hello-World/issues',
    body: { title: 'Found a bug', body: 'It breaks.', labels: ['bug'], assignees: ['octocat'], milestone: 1 },
    answer: issue,
    status: 201,
  },
  get_issue: {
    input: { repository: repository, number: 1347 },
    operation: 'GET /repos/{owner}/{repo}/issues/{issue_number}',
    url: '/repos/octocat/Hello-World/issues/1347',
    answer: issue,
  },
  update_issue: {
    input: {
      repository: repository,
      number: 1347,
      title: 'Found a bug',
      body: 'Mended.',
      state: 'closed',
      state_reason: 'completed',
      labels: ['bug'],
      assignees: ['octocat'],
      milestone: null,
    },
    operation: 'PATCH /repos/{owner}/{repo}/issues/{issue_number}',
    url: '/repos/octocat/Hello-World/issues/1347',
    body: {
      title: 'Found a bug',
      body: 'Mended.',
      state: 'closed',
      state_reason: 'completed',
      labels: ['bug'],
      assignees: ['octocat'],
      milestone: null,
    },
    answer: { ...issue, state: 'closed', closed_at: '2026-01-02T09:00:00Z', state_reason: 'completed' },
  },
  list_issues: {
    input: {
      repository: repository,
      state: 'all',
      labels: ['bug', 'ui'],
      assignee: 'octocat',
      since: '2026-01-01T00:00:00Z',
      limit: 50,
    },
    operation: 'GET /repos/{owner}/{repo}/issues',
    url: '/repos/octocat/Hello-World/issues?state=all&labels=bug%2Cui&assignee=octocat&since=2026-01-01T00%3A00%3A00Z&per_page=50',
    answer: [issue],
  },
  search_issues: {
    input: { query: 'repo:octocat/Hello-World is:issue label:bug', sort: 'created', order: 'asc', limit: 5 },
    operation: 'GET /search/issues',
    url: '/search/issues?q=repo%3Aoctocat%2FHello-World+is%3Aissue+label%3Abug&sort=created&order=asc&per_page=5',
  },
  comment_on_issue: {
    input: { repository: repository, number: 1347, body: 'Me too' },
    operation: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
    url: '/repos/octocat/Hello-World/issues/1347/comments',
    body: { body: 'Me too' },
    status: 201,
  },
  list_comments: {
    input: { repository: repository, number: 1347, since: '2026-01-01T00:00:00Z', limit: 5 },
    operation: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
    url: '/repos/octocat/Hello-World/issues/1347/comments?since=2026-01-01T00%3A00%3A00Z&per_page=5',
  },
  add_labels: {
    input: { repository: repository, number: 1347, labels: ['bug', 'enhancement'] },
    operation: 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels',
    url: '/repos/octocat/Hello-World/issues/1347/labels',
    body: { labels: ['bug', 'enhancement'] },
  },
  create_pull_request: {
    input: {
      repository: repository,
      title: 'Amazing new feature',
      head: 'octocat:new-topic',
      base: 'master',
      body: 'Please pull these awesome changes in!',
      draft: false,
    },
    operation: 'POST /repos/{owner}/{repo}/pulls',
    url: '/repos/octocat/Hello-World/pulls',
    body: {
      title: 'Amazing new feature',
      head: 'octocat:new-topic',
      base: 'master',
      body: 'Please pull these awesome changes in!',
      draft: false,
    },
    answer: pull,
    status: 201,
  },
  get_pull_request: {
    input: { repository: repository, number: 1347 },
    operation: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
    url: '/repos/octocat/Hello-World/pulls/1347',
    answer: pull,
  },
  list_pull_requests: {
    input: { repository: repository, state: 'open', head: 'octocat:new-topic', base: 'master', limit: 5 },
    operation: 'GET /repos/{owner}/{repo}/pulls',
    url: '/repos/octocat/Hello-World/pulls?state=open&head=octocat%3Anew-topic&base=master&per_page=5',
    answer: [pull],
  },
  merge_pull_request: {
    input: {
      repository: repository,
      number: 1347,
      method: 'squash',
      title: 'New feature (#1347)',
      message: 'Closes #7',
      sha: '6dcb09b5b57875f334f61aebed695e2e4193db5e',
    },
    operation: 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
    url: '/repos/octocat/Hello-World/pulls/1347/merge',
    body: {
      merge_method: 'squash',
      commit_title: 'New feature (#1347)',
      commit_message: 'Closes #7',
      sha: '6dcb09b5b57875f334f61aebed695e2e4193db5e',
    },
  },
  get_file: {
    input: { repository: repository, path: 'docs/LIES MICH.md', ref: 'main' },
    operation: 'GET /repos/{owner}/{repo}/contents/{path}',
    url: '/repos/octocat/Hello-World/contents/docs/LIES%20MICH.md?ref=main',
    answer: readme,
  },
  save_file: {
    input: {
      repository: repository,
      path: 'notes/hello.txt',
      text: 'Grüße',
      message: 'Say hello',
      branch: 'main',
      sha: '95b966ae1c166bd92f8ae7d1c313e738c731dfc3',
    },
    operation: 'PUT /repos/{owner}/{repo}/contents/{path}',
    url: '/repos/octocat/Hello-World/contents/notes/hello.txt',
    body: {
      message: 'Say hello',
      content: 'R3LDvMOfZQ==',
      branch: 'main',
      sha: '95b966ae1c166bd92f8ae7d1c313e738c731dfc3',
    },
  },
  create_branch: {
    input: { repository: repository, branch: 'featureA', sha: 'aa218f56b14c9653891f9e74264a383fa43fefbd' },
    operation: 'POST /repos/{owner}/{repo}/git/refs',
    url: '/repos/octocat/Hello-World/git/refs',
    body: { ref: 'refs/heads/featureA', sha: 'aa218f56b14c9653891f9e74264a383fa43fefbd' },
    status: 201,
  },
  list_commits: {
    input: { repository: repository, branch: 'main', path: 'docs', since: '2026-01-01T00:00:00Z', limit: 5 },
    operation: 'GET /repos/{owner}/{repo}/commits',
    url: '/repos/octocat/Hello-World/commits?sha=main&path=docs&since=2026-01-01T00%3A00%3A00Z&per_page=5',
  },
  create_release: {
    input: {
      repository: repository,
      tag: 'v1.0.0',
      name: 'v1.0.0',
      body: 'Description of the release',
      target: 'master',
      draft: false,
      prerelease: false,
      generate_notes: true,
    },
    operation: 'POST /repos/{owner}/{repo}/releases',
    url: '/repos/octocat/Hello-World/releases',
    body: {
      tag_name: 'v1.0.0',
      name: 'v1.0.0',
      body: 'Description of the release',
      target_commitish: 'master',
      draft: false,
      prerelease: false,
      generate_release_notes: true,
    },
    status: 201,
  },
  list_releases: {
    input: { repository: repository, limit: 5 },
    operation: 'GET /repos/{owner}/{repo}/releases',
    url: '/repos/octocat/Hello-World/releases?per_page=5',
  },
  run_workflow: {
    input: {
      repository: repository,
      workflow: 'deploy.yml',
      ref: 'main',
      inputs: { environment: 'production', dry_run: false },
    },
    operation: 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
    url: '/repos/octocat/Hello-World/actions/workflows/deploy.yml/dispatches',
    body: { ref: 'main', inputs: { environment: 'production', dry_run: false }, return_run_details: true },
  },
  list_workflow_runs: {
    input: { repository: repository, branch: 'main', event: 'push', status: 'failure', limit: 5 },
    operation: 'GET /repos/{owner}/{repo}/actions/runs',
    url: '/repos/octocat/Hello-World/actions/runs?branch=main&event=push&status=failure&per_page=5&exclude_pull_requests=true',
  },
  get_repository: {
    input: { repository: repository },
    operation: 'GET /repos/{owner}/{repo}',
    url: '/repos/octocat/Hello-World',
    answer: { ...aRepository, language: null },
  },
  list_repositories: { input: { limit: 5 }, operation: 'GET /user/repos', url: '/user/repos?sort=pushed&per_page=5' },
});

testTriggers(service, github, {
  new_issue: {
    input: { repository },
    operation: 'GET /repos/{owner}/{repo}/issues',
    urls: [issuesSorted, issuesSorted],
    answer: [issue],
  },
  new_pull_request: {
    input: { repository },
    operation: 'GET /repos/{owner}/{repo}/pulls',
    urls: [pullsSorted, pullsSorted],
    answer: [pull],
  },
  new_release: {
    input: { repository },
    operation: 'GET /repos/{owner}/{repo}/releases',
    urls: [`/repos/${repository}/releases?per_page=100`, `/repos/${repository}/releases?per_page=100`],
  },
});

test('github: what goes along with every request', async () => {
  const { received } = await service.call('get_repository', { repository }, (_request, response) => json(response, {}));
  const headers = received[0]?.headers ?? {};
  assert.equal(headers['authorization'], 'Bearer github_pat_1');
  assert.equal(headers['accept'], 'application/vnd.github+json');
  assert.equal(headers['x-github-api-version'], '2026-03-10');
  assert.ok(headers['user-agent'], 'GitHub refuses requests without it');
});

test('github: the connection is tested, and named by its login', async () => {
  const user = github.example('GET /user', 200);
  const { outcome, received } = await service.call(undefined, {}, (_request, response) => json(response, user));
  assert.deepEqual(outputOf(outcome), { identity: 'octocat' });
  assert.equal(received[0]?.url, '/user');
});

test('github: further pages are where the header Link says, up to the limit', async () => {
  const { outcome, received } = await service.call('list_issues', { repository, limit: 3 }, ({ url }, response) => {
    const next = url.includes('page=2')
      ? {}
      : { link: '<https://api.github.com/repositories/1/issues?page=2>; rel="next"' };
    json(response, [issue, issue], 200, next);
  });
  const { issues, more } = object(outputOf(outcome));
  assert.deepEqual([Array.isArray(issues) && issues.length, more], [3, true]);
  assert.deepEqual(
    received.map(({ url }) => url),
    ['/repos/octocat/Hello-World/issues?per_page=3', '/repositories/1/issues?page=2'],
  );
});

const failed = async (
  status: number,
  body: Json,
  headers: { [name: string]: string } = {},
  [action, input]: [string, JsonObject] = ['get_repository', { repository }],
): Promise<[string, string]> => {
  const { class: kind, message } = await service.failure(action, input, status, body, headers);
  return [kind, message];
};

test('github: limits that pass by waiting', async () => {
  const soon = Math.floor(Date.now() / 1000) + 90;
  const used = { message: 'API rate limit exceeded for user ID 1.' };
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(soon) };
  const primary = await service.failure('get_repository', { repository }, 403, used, headers);
  assert.equal(primary.class, 'retryable');
  assert.ok((primary.retryAfterMs ?? 0) > 60_000 && (primary.retryAfterMs ?? 0) <= 90_000);
  const pace = { message: 'You have exceeded a secondary rate limit. Please wait a few minutes.' };
  const told = await service.failure('get_repository', { repository }, 403, pace, { 'retry-after': '7' });
  const untold = await service.failure('get_repository', { repository }, 429, pace);
  assert.deepEqual(
    [told.class, told.retryAfterMs, untold.class, untold.retryAfterMs],
    ['retryable', 7000, 'retryable', 60_000],
  );
});

test('github: a token that lacks a right says which; single sign-on, bad tokens and hidden repositories', async () => {
  const denied = { message: 'Resource not accessible by personal access token' };
  assert.deepEqual(await failed(403, denied, { 'x-accepted-github-permissions': 'issues=write' }), [
    'credential',
    'The token may not do this; GitHub asks for one of these permissions: issues=write',
  ]);
  const sso = await failed(
    403,
    { message: 'Resource protected by organization SAML enforcement.' },
    { 'x-github-sso': 'required; url=https://github.com/orgs/octo/sso' },
  );
  assert.equal(sso[0], 'credential');
  assert.match(sso[1], /single sign-on/);
  assert.deepEqual(await failed(401, { message: 'Bad credentials' }), [
    'credential',
    'GitHub answered 401: Bad credentials',
  ]);
  assert.match((await failed(404, { message: 'Not Found' }))[1], /may not read/);
});

test('github: what does not fit is told field by field', async () => {
  const body = {
    message: 'Validation Failed',
    errors: [{ resource: 'Issue', field: 'title', code: 'missing_field' }, { message: 'No commits between a and b' }],
  };
  assert.deepEqual(await failed(422, body), [
    'permanent',
    'GitHub answered 422: Validation Failed (title missing_field) (No commits between a and b)',
  ]);
});

test('github: files that changed meanwhile, or that are none', async () => {
  const save: [string, JsonObject] = ['save_file', { repository, path: 'a', text: 'b', message: 'c' }];
  const stale = { message: 'a does not match 95b966ae1c166bd92f8ae7d1c313e738c731dfc3' };
  assert.match((await failed(409, stale, {}, save))[1], /not the one that was read/);
  const there = { message: 'Invalid request.\n\n"sha" wasn\'t supplied.' };
  assert.match((await failed(422, there, {}, save))[1], /such a file already/);
  const large = { ...readme, content: '', encoding: 'none' };
  assert.match((await failed(200, large, {}, ['get_file', { repository, path: 'a' }]))[1], /1 MB/);
  assert.match((await failed(200, [readme], {}, ['get_file', { repository, path: 'a' }]))[1], /1 MB/);
});

test('github: an enterprise with a host of its own', async () => {
  const own = new ServiceUnderTest('github', { token: 'github_pat_1' }, { host: 'api.octo.ghe.com' });
  assert.deepEqual(own.plan.hosts, ['api.octo.ghe.com']);
  const { outcome } = await own.call(undefined, {}, (_request, response) => json(response, { login: 'octocat' }));
  assert.deepEqual(outputOf(outcome), { identity: 'octocat' });
});
