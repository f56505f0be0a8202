import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Action, Pagination } from '../../src/generated/connector.ts';
import type { Json } from '../../src/json/value.ts';
import { connectionSpec, failureOf, json, LocalService, outputOf, type Answering } from './local-service.ts';

/** Lists the things of a service, in `{ items, more }`. */
function listing(pagination: Pagination, query: { [name: string]: Json } = {}): Partial<Action> {
  return {
    request: { method: 'GET', path: '/things', query },
    response: { output: { items: '${{ items }}', more: '${{ more }}' } },
    pagination,
  };
}

async function listed(
  answer: Answering,
  action: Partial<Action>,
  input: Json = {},
): Promise<{ output: Json; urls: string[]; turns: number }> {
  let output: Json = null;
  let urls: string[] = [];
  let turns = 0;
  const nextRequest = (): Promise<void> => {
    turns++;
    return Promise.resolve();
  };
  await LocalService.during(answer, async (service) => {
    output = outputOf(await service.call(connectionSpec(), action, { input, call: { nextRequest } }));
    urls = service.received.map(({ url }) => url);
  });
  return { output, urls, turns };
}

const parameter = (url: string, name: string): string | null => new URL(url, 'http://x').searchParams.get(name);

test('by a cursor, until there is none; each further page waits for its turn', async () => {
  const next: { [cursor: string]: [number[], string | null] } = { '': [[1, 2], 'b'], b: [[3], 'c'], c: [[], null] };
  const { output, urls, turns } = await listed(
    ({ url }, response) => {
      const [data, cursor] = next[parameter(url, 'after') ?? ''] ?? [];
      json(response, { data, meta: { next: cursor } });
    },
    listing(
      { type: 'cursor', items: '${{ response.body.data }}', next: '${{ response.body.meta.next }}' },
      { after: '${{ page.cursor }}' },
    ),
  );
  assert.deepEqual(output, { items: [1, 2, 3], more: false });
  assert.deepEqual(urls, ['/things', '/things?after=b', '/things?after=c']);
  assert.equal(turns, 2);
});

test('by page numbers, until a page is short; by offsets, as long as the service says that there is more', async () => {
  const all = [1, 2, 3, 4, 5];
  const pages = await listed(
    ({ url }, response) => {
      const from = (Number(parameter(url, 'page')) - 1) * 2;
      json(response, all.slice(from, from + 2));
    },
    listing({ type: 'page', items: '${{ response.body }}', size: 2 }, { page: '${{ page.number }}' }),
  );
  assert.deepEqual(pages.output, { items: all, more: false });
  assert.deepEqual(pages.urls, ['/things?page=1', '/things?page=2', '/things?page=3']);
  const offsets = await listed(
    ({ url }, response) => {
      const from = Number(parameter(url, 'from'));
      json(response, { list: all.slice(from, from + 3), more: from + 3 < all.length });
    },
    listing(
      { type: 'offset', items: '${{ response.body.list }}', more: '${{ response.body.more }}' },
      { from: '${{ page.offset }}' },
    ),
  );
  assert.deepEqual(offsets.output, { items: all, more: false });
  assert.deepEqual(offsets.urls, ['/things?from=0', '/things?from=3']);
});

test('by links in the header, relative and absolute', async () => {
  const links: { [path: string]: string | undefined } = {
    '/things': '</things?p=2>; rel="next", </things?p=9>; rel="last"',
    '/things?p=2': '<https://api.shop.example/things?p=1>; rel="prev", <https://api.shop.example/more?p=3>; rel=next',
  };
  const { output, urls } = await listed(
    ({ url }, response) => {
      const link = links[url];
      json(response, [url], 200, link === undefined ? {} : { link });
    },
    listing({ type: 'link', items: '${{ response.body }}' }),
  );
  assert.deepEqual(output, { items: ['/things', '/things?p=2', '/more?p=3'], more: false });
  assert.equal(urls.length, 3);
});

const endless: Answering = ({ url }, response) => json(response, { data: [1, 2, 3], next: `${url}x` });

test('bounds: pages, and items as the input says; more says that something is left', async () => {
  const pagination = { type: 'cursor', items: '${{ response.body.data }}', next: '${{ response.body.next }}' } as const;
  const byPages = await listed(endless, listing({ ...pagination, max_pages: 2 }));
  assert.deepEqual([byPages.output, byPages.urls.length], [{ items: [1, 2, 3, 1, 2, 3], more: true }, 2]);
  const byItems = await listed(endless, listing({ ...pagination, max_items: '${{ input.limit }}' }), { limit: 4 });
  assert.deepEqual([byItems.output, byItems.urls.length], [{ items: [1, 2, 3, 1], more: true }, 2]);
});

test('without a template, the items are the output', async () => {
  const { output } = await listed((_request, response) => json(response, { data: [1] }), {
    request: { method: 'GET', path: '/' },
    pagination: { type: 'page', items: '${{ response.body.data }}', size: 5 },
  });
  assert.deepEqual(output, [1]);
});

test('a page that fails, or is none, fails the attempt', async () => {
  const action = listing({ type: 'page', items: '${{ response.body.list }}' }, { page: '${{ page.number }}' });
  await LocalService.during(
    ({ url }, response) => (parameter(url, 'page') === '1' ? json(response, { list: [1] }) : json(response, {}, 503)),
    async (service) => assert.equal(failureOf(await service.call(connectionSpec(), action)).class, 'retryable'),
  );
  await LocalService.during(
    (_request, response) => json(response, { list: 'none' }),
    async (service) => assert.equal(failureOf(await service.call(connectionSpec(), action)).code, 'answer_not_read'),
  );
});

test('a next page at another host is not fetched', () =>
  LocalService.during(
    (_request, response) => json(response, { list: [1], next: 'https://elsewhere.example/things' }),
    async (service) => {
      const action = listing({ type: 'link', items: '${{ response.body.list }}', next: '${{ response.body.next }}' });
      assert.equal(failureOf(await service.call(connectionSpec(), action)).code, 'host_not_allowed');
      assert.equal(service.received.length, 1);
    },
  ));
