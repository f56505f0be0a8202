import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../../src/json/value.ts';
import { builtinCatalog } from '../../../src/connectors/builtin.ts';
import { json, outputOf } from '../local-service.ts';
import { ServiceUnderTest } from './contract.ts';

const service = new ServiceUnderTest('notion', { token: 'ntn_a_secret_of_an_integration' });
const pageId = '59833787-2cf9-4fdf-8782-e53db20768a5';
const source = '1a44be12-0953-4631-b498-9e5817518db8';
const database = '248104cd-477e-80fd-b757-e945d38000bd';
const samples = builtinCatalog().get('notion')?.actions ?? {};
const listOf = (items: Json): Json => ({ object: 'list', results: items, has_more: false, next_cursor: null });
const { users = null } = (samples['list_users']?.sample ?? {}) as { users?: Json };
const open = { Status: { select: { name: 'Open' } } };

service.testActions(undefined, {
  create_database_page: {
    input: { data_source_id: source, title: 'Call Acme', properties: open, markdown: '# Notes' },
    operation: 'POST',
    url: '/v1/pages',
    body: {
      parent: { type: 'data_source_id', data_source_id: source },
      properties: { ...open, title: { title: [{ text: { content: 'Call Acme' } }] } },
      markdown: '# Notes',
    },
  },
  create_page: {
    input: { parent_page_id: pageId, title: 'Call Acme', markdown: '# Notes' },
    operation: 'POST',
    url: '/v1/pages',
    body: {
      parent: { type: 'page_id', page_id: pageId },
      properties: { title: { title: [{ text: { content: 'Call Acme' } }] } },
      markdown: '# Notes',
    },
  },
  get_page: { input: { page_id: pageId }, operation: 'GET', url: `/v1/pages/${pageId}` },
  update_page: {
    input: { page_id: pageId, title: 'Called Acme', properties: open },
    operation: 'PATCH',
    url: `/v1/pages/${pageId}`,
    body: { properties: { ...open, title: { title: [{ text: { content: 'Called Acme' } }] } } },
  },
  trash_page: { input: { page_id: pageId }, operation: 'PATCH', url: `/v1/pages/${pageId}`, body: { in_trash: true } },
  get_page_content: { input: { page_id: pageId }, operation: 'GET', url: `/v1/pages/${pageId}/markdown` },
  append_to_page: {
    input: { page_id: pageId, markdown: 'Asked for a quote.', position: 'start' },
    operation: 'PATCH',
    url: `/v1/pages/${pageId}/markdown`,
    body: { type: 'insert_content', insert_content: { content: 'Asked for a quote.', position: { type: 'start' } } },
  },
  replace_page_content: {
    input: { page_id: pageId, markdown: '# Notes' },
    operation: 'PATCH',
    url: `/v1/pages/${pageId}/markdown`,
    body: { type: 'replace_content', replace_content: { new_str: '# Notes' } },
  },
  query_database: {
    input: {
      data_source_id: source,
      filter: { property: 'Status', select: { equals: 'Open' } },
      sorts: [{ property: 'Due', direction: 'ascending' }],
      limit: 20,
    },
    operation: 'POST',
    url: `/v1/data_sources/${source}/query`,
    body: {
      filter: { property: 'Status', select: { equals: 'Open' } },
      sorts: [{ property: 'Due', direction: 'ascending' }],
      page_size: 20,
    },
    answer: listOf([samples['get_page']?.sample ?? null]),
  },
  search: {
    input: { query: 'Acme', kind: 'database', limit: 20 },
    operation: 'POST',
    url: '/v1/search',
    body: {
      query: 'Acme',
      filter: { property: 'object', value: 'data_source' },
      sort: { timestamp: 'last_edited_time', direction: 'descending' },
      page_size: 20,
    },
    answer: listOf([samples['get_page']?.sample ?? null]),
  },
  find_database: { input: { database_id: database }, operation: 'GET', url: `/v1/databases/${database}` },
  get_data_source: { input: { data_source_id: source }, operation: 'GET', url: `/v1/data_sources/${source}` },
  add_comment: {
    input: { page_id: pageId, text: 'Looks good.' },
    operation: 'POST',
    url: '/v1/comments',
    body: { parent: { page_id: pageId }, rich_text: [{ text: { content: 'Looks good.' } }] },
  },
  list_users: {
    input: {},
    operation: 'GET',
    url: '/v1/users?page_size=100',
    answer: listOf(users),
  },
});

test('notion: version and secret go along; the test names integration and workspace', async () => {
  const { outcome, received } = await service.call(undefined, {}, (_request, response) =>
    json(response, { object: 'user', name: 'Waybill', type: 'bot', bot: { workspace_name: 'Acme' } }),
  );
  assert.deepEqual(outputOf(outcome), { identity: 'Waybill in Acme' });
  const [request] = received;
  assert.equal(request?.url, '/v1/users/me');
  assert.equal(request?.headers['notion-version'], '2026-03-11');
  assert.equal(request?.headers.authorization, 'Bearer ntn_a_secret_of_an_integration');
});

test('notion: lists go on by the cursor in the body; what is not asked for is left out', async () => {
  const { outcome, received } = await service.call('search', { limit: 150 }, (request, response) => {
    const { start_cursor: cursor } = JSON.parse(request.body) as { start_cursor?: string };
    const results = Array.from({ length: 100 }, (_item, index) => ({ object: 'page', id: `${index}` }));
    json(response, { results, has_more: cursor === undefined, next_cursor: cursor === undefined ? 'second' : null });
  });
  const { results, more } = outputOf(outcome) as { results: object[]; more: boolean };
  assert.deepEqual([results.length, more], [150, true]);
  const sort = { timestamp: 'last_edited_time', direction: 'descending' };
  assert.deepEqual(
    received.map(({ body }) => JSON.parse(body) as Json),
    [
      { sort, page_size: 100 },
      { sort, page_size: 100, start_cursor: 'second' },
    ],
  );
});

function failure(status: number, code: string, headers = {}): ReturnType<typeof service.failure> {
  const body = { object: 'error', status, code, message: `${code}.` };
  return service.failure('get_page', { page_id: pageId }, status, body, headers);
}

test('notion: failures are told apart', async () => {
  assert.equal((await failure(401, 'unauthorized')).class, 'credential');
  assert.equal((await failure(403, 'restricted_resource')).class, 'credential');
  const hidden = await failure(404, 'object_not_found');
  assert.equal(hidden.class, 'permanent');
  assert.match(hidden.help ?? '', /Connections/);
  assert.equal((await failure(409, 'conflict_error')).class, 'retryable');
  const limited = await failure(429, 'rate_limited', { 'retry-after': '7' });
  assert.deepEqual([limited.class, limited.retryAfterMs], ['retryable', 7000]);
  // A page may have been made by then.
  const slow = { object: 'error', status: 503, code: 'service_unavailable', message: 'Slow.' };
  const written = await service.failure('create_page', { parent_page_id: pageId, title: 'x' }, 503, slow);
  assert.deepEqual([written.class, (await failure(503, 'service_unavailable')).class], ['uncertain', 'retryable']);
  const invalid = await failure(400, 'validation_error');
  assert.deepEqual([invalid.class, invalid.message], ['permanent', 'Notion answered 400: validation_error.']);
});
