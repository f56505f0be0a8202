import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { fieldsOf } from '../../src/connectors/request-body.ts';
import type { Request } from '../../src/generated/connector.ts';
import type { Json } from '../../src/json/value.ts';
import { connectionSpec, failureOf, json, LocalService, outputOf, type Received } from './local-service.ts';

/** What a service gets of a request with this input. */
async function receivedOf(request: Request, input: Json = {}, spec = connectionSpec()): Promise<Received> {
  let received: Received | undefined;
  await LocalService.during(
    (_request, response) => json(response, {}),
    async (service) => {
      outputOf(await service.call(spec, { request }, { input, fields: { shop: ' acme.shop.example ' } }));
      [received] = service.received;
    },
  );
  assert.ok(received);
  return received;
}

test('a path as a list keeps each value in its segment', async () => {
  const path = ['projects', '${{ input.project }}', '${{ input.id }}'];
  const { url } = await receivedOf({ method: 'GET', path }, { project: 'group/name?x', id: 7 });
  assert.equal(url, '/projects/group%2Fname%3Fx/7');
});

test('the base address is the tenant’s, common headers and parameters go along, a field loses its suffix', async () => {
  const spec = connectionSpec({
    fields: { shop: { title: 'Shop', suffix: '.shop.example' } },
    base_url: 'https://${{ connection.shop }}.shop.example/v1/',
    hosts: ['${{ connection.shop }}.shop.example'],
    headers: { 'X-Version': '2' },
    query: { shop: '${{ connection.shop }}' },
  });
  const { url, headers } = await receivedOf({ method: 'GET', path: '/things', query: { q: 'a&b' } }, {}, spec);
  assert.deepEqual([url, headers['x-version']], ['/v1/things?shop=acme&q=a%26b', '2']);
});

test('lists and objects in a query and a form, in each way', async () => {
  const value = { a: [1, 'x y'], b: { c: { d: true }, e: [{ f: null }] } };
  const texts = (lists: Parameters<typeof fieldsOf>[1]): string[] =>
    fieldsOf(value, lists).map((pair) => pair.join('='));
  assert.deepEqual(texts('repeat'), ['a=1', 'a=x y', 'b[c][d]=true', 'b[e][f]=']);
  assert.deepEqual(texts('brackets'), ['a[]=1', 'a[]=x y', 'b[c][d]=true', 'b[e][][f]=']);
  assert.deepEqual(texts('indices'), ['a[0]=1', 'a[1]=x y', 'b[c][d]=true', 'b[e][0][f]=']);
  assert.deepEqual(fieldsOf({ a: [1, 2] }, 'comma'), [['a', '1,2']]);
  const { body, headers } = await receivedOf({
    method: 'POST',
    path: '/charges',
    lists: 'indices',
    body: { form: { metadata: { order: 7 }, items: [{ price: 'p' }] } },
  });
  assert.equal(headers['content-type'], 'application/x-www-form-urlencoded');
  assert.equal(decodeURIComponent(body), 'metadata[order]=7&items[0][price]=p');
});

test('a form of scalars comes back as it was written', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string()), (value) => {
      const written = new URLSearchParams(fieldsOf(value, 'repeat')).toString();
      assert.deepEqual(Object.fromEntries(new URLSearchParams(written)), { ...value });
    }),
  );
});

test('multipart, with files as text and base64', async () => {
  const { body, headers } = await receivedOf(
    {
      method: 'POST',
      path: '/files',
      body: {
        multipart: {
          title: '${{ input.title }}',
          'files[]': '${{ input.files.map(f => ({ filename: f.name, type: "image/png", base64: f.content })) }}',
          note: { filename: 'note.txt', type: 'text/plain', text: 'hello' },
        },
      },
    },
    { title: 'T', files: [{ name: 'a "b".png', content: Buffer.from([0, 255, 13, 10]).toString('base64') }] },
  );
  const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1] ?? 'none';
  const parts = body.split(`--${boundary}`).slice(1, -1);
  assert.match(parts[0] ?? '', /^\r\nContent-Disposition: form-data; name="title"\r\n\r\nT\r\n$/);
  assert.match(
    parts[1] ?? '',
    /name="files\[\]"; filename="a %22b%22.png"\r\nContent-Type: image\/png\r\n\r\n\0\xff\r\n\r\n$/,
  );
  assert.match(parts[2] ?? '', /filename="note.txt"\r\nContent-Type: text\/plain\r\n\r\nhello\r\n$/);
});

test('a raw body, as text and as bytes, with the content-type that the request names', async () => {
  const xml = await receivedOf({
    method: 'PUT',
    path: '/x',
    headers: { 'Content-Type': 'application/xml' },
    body: { text: '<a/>' },
  });
  assert.deepEqual([xml.body, xml.headers['content-type']], ['<a/>', 'application/xml']);
  const bytes = await receivedOf({ method: 'PUT', path: '/x', body: { base64: 'AP8=' } });
  assert.deepEqual([bytes.body, bytes.headers['content-type']], ['\0\xff', 'application/octet-stream']);
});

test('an answer is read as its content-type says, or as the action says', async () => {
  const answers: [string, string, 'base64' | 'text' | undefined, Json][] = [
    ['application/x-www-form-urlencoded', 'access_token=a&scope=b%20c', undefined, { access_token: 'a', scope: 'b c' }],
    ['application/vnd.api+json', '{"a":1}', undefined, { a: 1 }],
    ['application/json', '{"a":1}', 'text', '{"a":1}'],
    ['image/png', 'abc', 'base64', 'YWJj'],
  ];
  for (const [type, text, as, expected] of answers)
    await LocalService.during(
      (_request, response) => response.setHeader('content-type', type).end(text),
      async (service) => {
        const response = as === undefined ? {} : { as };
        const outcome = await service.call(connectionSpec(), { request: { method: 'GET', path: '/' }, response });
        assert.deepEqual(outputOf(outcome), expected);
      },
    );
});

test('packed answers are unpacked, and only up to the limit; what is no packing is told', async () => {
  const packers: { [encoding: string]: (text: string) => Buffer } = {
    gzip: (text) => gzipSync(text),
    br: (text) => brotliCompressSync(text),
    zstd: (text) => zstdCompressSync(text),
    compress: (text) => Buffer.from(text),
  };
  for (const [encoding, pack] of Object.entries(packers)) {
    const answering = (
      text: string,
      answer: (outcome: Awaited<ReturnType<LocalService['call']>>) => void,
    ): Promise<void> =>
      LocalService.during(
        (_request, response) => response.setHeader('content-encoding', encoding).end(pack(text)),
        async (service) => answer(await service.call(connectionSpec(), { request: { method: 'GET', path: '/' } })),
      );
    if (encoding === 'compress') {
      await answering('x', (outcome) => assert.equal(failureOf(outcome).code, 'answer_not_read'));
      continue;
    }
    await answering('hello', (outcome) => assert.equal(outputOf(outcome), 'hello'));
    const bomb = 'x'.repeat(11 * 1024 * 1024);
    await answering(bomb, (outcome) => assert.equal(failureOf(outcome).code, 'answer_too_large', encoding));
  }
  await LocalService.during(
    (_request, response) => response.setHeader('content-encoding', 'gzip').end('no gzip'),
    async (service) => {
      const outcome = await service.call(connectionSpec(), { request: { method: 'GET', path: '/' } });
      assert.equal(failureOf(outcome).code, 'answer_not_read');
    },
  );
});

test('an output that is not as the action says is a warning', () =>
  LocalService.during(
    (_request, response) => json(response, { id: 7 }),
    async (service) => {
      const output = { type: 'object', required: ['name'], properties: { id: { type: 'string' } } };
      const outcome = await service.call(connectionSpec(), { request: { method: 'GET', path: '/' }, output });
      assert.deepEqual(outcome, {
        ok: true,
        output: { id: 7 },
        warnings: ['the output lacks the property `name`', 'id must be a string'],
      });
    },
  ));
