import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GithubClient, GithubError } from '../../src/github/github-client.ts';
import { reportStatus } from '../../src/runner/deploy/report-status.ts';
import { RIGHT_TOKEN, withGithub, type Github } from './stand-in.ts';

const COMMIT = '6dcb09b5b57875f334f61aebed695e2e4193db5e';

function clientOf({ api }: Github): GithubClient {
  return new GithubClient({ api, repository: 'acme/flows', token: () => Promise.resolve(RIGHT_TOKEN) });
}

test('what became of a commit is its status, cut at what GitHub takes', async () => {
  await withGithub(async (github) => {
    const { statuses } = github;
    const client = clientOf(github);
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
  await withGithub(async (github) => {
    const { comments, calls } = github;
    const client = clientOf(github);
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
  await withGithub(async (github) => {
    const client = clientOf(github);
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
