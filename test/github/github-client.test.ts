import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import { GithubClient, GithubError } from '../../src/github/github-client.ts';
import { reportStatus } from '../../src/runner/deploy/report-status.ts';

const COMMIT = '6dcb09b5b57875f334f61aebed695e2e4193db5e';

interface Status {
  state: string;
  context: string;
  description: string;
}

/** What GitHub documents of https://docs.github.com/en/rest/commits/statuses and /rest/issues/comments. */
interface Github {
  statuses: (Status & { sha: string })[];
  comments: { id: number; body: string; user: string }[];
  calls: string[];
}

async function withGithub(use: (github: Github, client: GithubClient) => Promise<void>): Promise<void> {
  const github: Github = { statuses: [], comments: [], calls: [] };
  const server = createServer((request, response) => void answer(github, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new GithubClient({ api, repository: 'acme/flows', token: () => Promise.resolve('ghp_right') });
  try {
    await use(github, client);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function answer(github: Github, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host');
  github.calls.push(`${request.method} ${pathname}`);
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
  };
  const { authorization, accept } = request.headers;
  if (authorization !== 'Bearer ghp_right') return send(401, { message: 'Bad credentials', status: '401' });
  assert.equal(accept, 'application/vnd.github+json');
  assert.equal(request.headers['x-github-api-version'], '2022-11-28');
  assert.ok(request.headers['user-agent'], 'GitHub refuses requests without one');
  const [, status] = /^\/repos\/acme\/flows\/statuses\/([0-9a-f]{40})$/.exec(pathname) ?? [];
  if (request.method === 'POST' && status !== undefined) {
    const body = (await json(request)) as Status;
    if (!['error', 'failure', 'pending', 'success'].includes(body.state) || body.description.length > 140)
      return send(422, { message: 'Validation Failed', errors: [{ resource: 'Status', code: 'custom' }] });
    github.statuses.push({ sha: status, ...body });
    return send(201, { id: github.statuses.length, ...body });
  }
  if (pathname === '/repos/acme/flows/issues/7/comments') {
    if (request.method === 'POST') {
      const { body } = (await json(request)) as { body: string };
      github.comments.push({ id: github.comments.length + 100, body, user: 'bot' });
      return send(201, github.comments.at(-1));
    }
    const perPage = Number(searchParams.get('per_page') ?? 30);
    const page = Number(searchParams.get('page') ?? 1);
    return send(200, github.comments.slice((page - 1) * perPage, page * perPage));
  }
  const [, comment] = /^\/repos\/acme\/flows\/issues\/comments\/(\d+)$/.exec(pathname) ?? [];
  const known = github.comments.find(({ id }) => id === Number(comment));
  if (request.method === 'PATCH' && known !== undefined) {
    known.body = ((await json(request)) as { body: string }).body;
    return send(200, known);
  }
  return send(404, { message: 'Not Found', status: '404' });
}

test('what became of a commit is its status, cut at what GitHub takes', async () => {
  await withGithub(async ({ statuses }, client) => {
    const accounts = { ready: 3, stalled: [], suspended: 1 };
    const outcome = { revision: COMMIT, ready: true, accounts, automations: 12, reason: undefined };
    await reportStatus(client, outcome);
    const stalled = Array.from({ length: 40 }, (_, index) => `a-customer-with-a-long-name-${index}`);
    const reason = { code: 'accounts_stalled', message: 'm' };
    await reportStatus(client, { ...outcome, ready: false, accounts: { ready: 9, stalled, suspended: 0 }, reason });
    assert.deepEqual(
      statuses.map(({ sha, state, context }) => [sha, state, context]),
      [
        [COMMIT, 'success', 'waybill/deploy'],
        [COMMIT, 'failure', 'waybill/deploy'],
      ],
    );
    assert.equal(statuses[0]?.description, '12 automations in 4 accounts, 1 suspended');
    assert.match(statuses[1]?.description ?? '', /^9 accounts ready, 40 stalled: a-customer-with-a-long-name-0, .*…$/);
  });
});

test('a pull request has one comment of a marker, on whatever page it stands', async () => {
  await withGithub(async ({ comments, calls }, client) => {
    for (let id = 1; id <= 230; id++)
      comments.push({ id, body: id === 5 ? 'see <!-- waybill:plan --> above' : `talk ${id}`, user: 'person' });
    assert.equal(await client.putComment(7, '<!-- waybill:plan -->', 'first'), 'made');
    assert.equal(await client.putComment(7, '<!-- waybill:plan -->', 'second'), 'changed');
    assert.equal(await client.putComment(7, '<!-- waybill:test -->', 'other'), 'made');
    const ours = comments.filter(({ user }) => user === 'bot').map(({ body }) => body);
    assert.deepEqual(ours, ['<!-- waybill:plan -->\nsecond', '<!-- waybill:test -->\nother']);
    assert.equal(calls.filter((call) => call.startsWith('PATCH')).length, 1);
    await client.putComment(7, '<!-- waybill:plan -->', 'x'.repeat(70_000));
    assert.equal(comments.find(({ body }) => body.startsWith('<!-- waybill:plan'))?.body.length, 65_536);
  });
});

test('what GitHub refuses is told with the way out, and never with the token', async () => {
  await withGithub(async (_github, client) => {
    const status = { state: 'success', context: 'c', description: 'd' } as const;
    await assert.rejects(client.setStatus('main', status), (error: Error) => {
      assert.ok(error instanceof GithubError);
      assert.match(error.message, /404 for acme\/flows: Not Found\. There is no such repository/);
      return true;
    });
    const api = 'http://127.0.0.1:1';
    const away = new GithubClient({ api, repository: 'a/b', token: () => Promise.resolve('ghp_secret') });
    await assert.rejects(away.setStatus(COMMIT, status), (error: Error) => {
      assert.match(error.message, /^http:\/\/127\.0\.0\.1:1 cannot be reached/);
      assert.doesNotMatch(error.message, /ghp_secret/);
      return true;
    });
  });
});
