import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pullRequestLink } from '../../../src/runner/connecting/pull-request-link.ts';

function link(remote: string): string | undefined {
  return pullRequestLink(remote, 'connect/acme-x-1', 'main');
}

test('the link of a pull request is made from any address that git takes, for hosts that are known', () => {
  const github = 'https://github.com/acme/flows/compare/main...connect/acme-x-1?expand=1';
  for (const remote of [
    'https://github.com/acme/flows.git',
    'https://github.com/acme/flows',
    'git@github.com:acme/flows.git',
    'ssh://git@github.com:22/acme/flows.git',
    'https://bot@github.com/acme/flows.git/',
  ])
    assert.equal(link(remote), github, remote);
  assert.equal(
    link('git@gitlab.acme.example:group/sub/flows.git'),
    'https://gitlab.acme.example/group/sub/flows/-/merge_requests/new?merge_request%5Bsource_branch%5D=connect%2Facme-x-1&merge_request%5Btarget_branch%5D=main',
  );
  assert.equal(
    link('https://bitbucket.org/acme/flows.git'),
    'https://bitbucket.org/acme/flows/pull-requests/new?source=connect%2Facme-x-1&dest=main',
  );
  for (const remote of [
    '/srv/git/flows.git',
    'https://git.acme.example/flows.git',
    'file:///srv/flows.git',
    'github.com',
    'evil.example:github.com/x',
  ])
    assert.equal(link(remote), undefined, remote);
});
