import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../../src/json/value.ts';
import { ServiceUnderTest } from './contract.ts';
import { readerOf, subscriptionRequests, type EventReader } from './event-contract.ts';
import { VendorDocument } from './vendor-document.ts';

const document = new VendorDocument(import.meta.resolve('@octokit/openapi/generated/api.github.com.json'));
const secrets = { token: 'github_pat_1' };
const service = new ServiceUnderTest('github', secrets);

/** Payloads that GitHub sent, by the name of their event. */
const examples = JSON.parse(
  readFileSync(fileURLToPath(import.meta.resolve('@octokit/webhooks-examples/api.github.com/index.json')), 'utf8'),
) as { name: string; examples: JsonObject[] }[];

/** The event of each trigger, and what is true of the payloads that it takes. */
const TRIGGERS: { [trigger: string]: [event: string, takes: (payload: JsonObject) => boolean] } = {
  issue_opened: ['issues', ({ action }) => action === 'opened'],
  issue_closed: ['issues', ({ action }) => action === 'closed'],
  issue_commented: ['issue_comment', ({ action }) => action === 'created'],
  pull_request_opened: ['pull_request', ({ action }) => action === 'opened'],
  pull_request_merged: ['pull_request', (payload) => payload === MERGED],
  pushed: ['push', () => true],
  release_published: ['release', ({ action }) => action === 'published'],
};

// What is not among the payloads.
const closed = first('pull_request', 'closed');
const pull = { ...(closed['pull_request'] as JsonObject), merged: true, merged_at: '2019-05-15T15:21:08Z' };
const MERGED: JsonObject = { ...closed, pull_request: pull };
const RESOLVED: JsonObject = { ...first('issues', 'opened'), action: 'closed' };
const PAYLOADS = [
  ...examples.flatMap(({ name, examples: payloads }) => payloads.map((body) => ({ name, body }))),
  { name: 'pull_request', body: MERGED },
  { name: 'issues', body: RESOLVED },
].filter(({ body }) => body['repository'] !== undefined);

function first(name: string, action: string): JsonObject {
  const payloads = examples.find((one) => one.name === name)?.examples ?? [];
  const found = payloads.find((payload) => payload['action'] === action);
  assert.ok(found);
  return found;
}

for (const [trigger, [event, takes]] of Object.entries(TRIGGERS))
  test(`github.${trigger} takes what GitHub sends of it, and nothing else`, () => {
    const readers = new Map<string, EventReader>();
    const other = readerOf(service, trigger, { repository: 'other/one' });
    let taken = 0;
    for (const { name, body } of PAYLOADS) {
      const repository = (body['repository'] as { full_name: string }).full_name.toUpperCase();
      const read = readers.get(repository) ?? readerOf(service, trigger, { repository });
      readers.set(repository, read);
      const headers = { 'x-github-event': name, 'x-github-delivery': '72d3162e' };
      const wanted = name === event && takes(body) ? ['72d3162e'] : [];
      const found = read({ headers, body }).map((one) => one.name);
      assert.deepEqual(found, wanted, `${name} ${JSON.stringify(body['action'])}`);
      assert.deepEqual(other({ headers, body }), []);
      taken += found.length;
    }
    assert.ok(taken > 0);
  });

test('github: every trigger that is sent has its contract', () => {
  const sent = Object.entries(service.connector.triggers ?? {}).filter(([, { webhook }]) => webhook !== undefined);
  assert.deepEqual(Object.keys(TRIGGERS).toSorted(), sent.map(([name]) => name).toSorted());
});

test('github: webhooks of repositories are made, changed, found and ended as documented', async () => {
  const url = 'https://waybill.example/hooks/acme/@github/secret';
  const example = document.example('POST /repos/{owner}/{repo}/hooks', 201) as { id: number };
  const { requests, made, found } = await subscriptionRequests(
    service,
    {
      subscription: 'repository',
      input: { repository: 'octocat/Hello-World' },
      read: { url, events: ['issues', 'push'], key: 'octocat/hello-world', secret: 'minted' },
      secrets,
    },
    {
      create: example,
      update: example,
      list: [
        { ...example, id: 1 },
        { ...example, id: 2, config: { url } },
      ],
      delete: null,
    },
  );
  assert.deepEqual([made, found], [{ id: String(example.id) }, ['2']]);
  const config = { url, content_type: 'json', secret: 'minted', insecure_ssl: '0' };
  const wanted = { active: true, events: ['issues', 'push'], config };
  const path = '/repos/octocat/Hello-World/hooks';
  assert.deepEqual(
    requests.map(({ method, url: to, body }) => [method, to, body === '' ? undefined : (JSON.parse(body) as object)]),
    [
      ['POST', path, { name: 'web', ...wanted }],
      ['PATCH', `${path}/${example.id}`, wanted],
      ['GET', `${path}?per_page=100`, undefined],
      ['DELETE', `${path}/${example.id}`, undefined],
    ],
  );
  const operations = ['POST', 'PATCH', 'GET', 'DELETE'].map((method, index) => {
    const one = index % 2 === 1 ? '/{hook_id}' : '';
    return `${method} /repos/{owner}/{repo}/hooks${one}`;
  });
  for (const [index, request] of requests.entries()) document.assertRequest(operations[index] ?? '', request);
});
