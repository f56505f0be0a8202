import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicAddress, type Resolve } from '../../src/connectors/address-guard.ts';
import type { Outcome } from '../../src/run/failure.ts';
import { builtinCatalog } from '../../src/connectors/builtin.ts';
import { HttpCaller } from '../../src/connectors/http-caller.ts';
import { Redactor } from '../../src/secrets/redaction.ts';
import { connectionSpec, failureOf, LocalService, outputOf } from './local-service.ts';

/** A name server that gives one answer after the other, and counts. */
function nameServer(...answers: string[][]): { resolve: Resolve; asked: () => number } {
  let asked = 0;
  return {
    resolve: (_host, _options, done) => {
      const addresses = answers[Math.min(asked, answers.length - 1)] ?? [];
      asked++;
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    },
    asked: () => asked,
  };
}

/** Gets an address with the connector `http`, as an account could write it, allowed for every host that is named. */
async function get(
  url: string,
  options: { resolve?: Resolve; allowPrivate?: ReadonlySet<string> } = {},
): Promise<Outcome> {
  const caller = new HttpCaller({
    reroutes: new Map(),
    allowPrivate: new Set(),
    redactor: new Redactor(),
    now: Date.now,
    ...options,
  });
  const connector = builtinCatalog().get('http');
  assert.ok(connector?.actions['get']);
  const { hostname } = new URL(url);
  const plan = { connector: 'http', fields: { hosts: [hostname] }, hosts: [hostname], secrets: [] };
  const outcome = await caller.call({
    account: 'acme',
    service: 'http',
    connector,
    action: connector.actions['get'],
    connection: { name: 'web', plan, credential: { fields: {}, hosts: [] } },
    input: { url },
    signal: AbortSignal.timeout(5000),
  });
  await caller.close();
  return outcome;
}

const LITERALS: { [way: string]: string } = {
  loopback: '127.0.0.1',
  'loopback, not the first': '127.8.9.10',
  'loopback in decimal': '2130706433',
  'loopback in octal': '0177.0.0.1',
  'loopback in hex': '0x7f.0.0.1',
  'loopback in short': '127.1',
  'this host': '0.0.0.0',
  'private, 10/8': '10.0.0.1',
  'private, 172.16/12': '172.31.255.255',
  'private, 192.168/16': '192.168.1.1',
  'carrier-grade NAT': '100.100.100.200',
  'link-local, where clouds keep their metadata': '169.254.169.254',
  'metadata in hex': '0xa9fea9fe',
  'Azure’s platform': '168.63.129.16',
  multicast: '224.0.0.1',
  broadcast: '255.255.255.255',
  benchmarking: '198.18.0.1',
  'IPv6 loopback': '[::1]',
  'IPv6 unspecified': '[::]',
  'IPv6 link-local': '[fe80::1]',
  'IPv6 private': '[fd00:ec2::254]',
  'IPv6 multicast': '[ff02::1]',
  'IPv4 mapped into IPv6': '[::ffff:127.0.0.1]',
  'IPv4 mapped, in hex': '[::ffff:a9fe:a9fe]',
  'IPv4 compatible': '[::127.0.0.1]',
  'IPv4 translated (NAT64)': '[64:ff9b::7f00:1]',
  'IPv4 translated, local prefix': '[64:ff9b:1::7f00:1]',
  '6to4 of a private address': '[2002:7f00:1::]',
  Teredo: '[2001:0:7f00:1::]',
  'site-local': '[fec0::1]',
};

for (const [way, host] of Object.entries(LITERALS))
  test(`no request reaches ${way} (${host})`, async () => {
    const { code, class: kind, help } = failureOf(await get(`https://${host}/`));
    assert.deepEqual([code, kind], ['private_address', 'permanent']);
    assert.match(help ?? '', /--allow-private/);
  });

test('public addresses are public', () => {
  for (const address of ['1.1.1.1', '8.8.8.8', '172.32.0.1', '2606:4700:4700::1111', '::ffff:1.1.1.1'])
    assert.ok(isPublicAddress(address), address);
  assert.ok(!isPublicAddress('example.com'));
});

for (const [way, addresses] of Object.entries({
  'leads to the machine': ['127.0.0.1'],
  'leads to the machine, in IPv6': ['::1'],
  'leads to a public address and a private one': ['93.184.216.34', '10.0.0.1'],
  'leads to a mapped address': ['::ffff:10.0.0.1'],
}))
  test(`no request reaches a host whose name ${way}`, async () => {
    const { resolve } = nameServer(addresses);
    const { code, message } = failureOf(await get('https://inside.example.com/', { resolve }));
    assert.equal(code, 'private_address');
    assert.match(message, /inside\.example\.com leads to/);
  });

test('localhost by its name', async () => {
  assert.equal(failureOf(await get('https://localhost/')).code, 'private_address');
});

test('a name is asked for once: a name server that changes its mind is not heard a second time', async () => {
  const { resolve, asked } = nameServer(['192.0.2.1'], ['127.0.0.1']);
  await LocalService.during(
    (_request, response) => response.end('inside'),
    async ({ url, received }) => {
      const { port } = new URL(url);
      assert.equal(failureOf(await get(`https://rebind.example.com:${port}/`, { resolve })).code, 'private_address');
      assert.equal(asked(), 1);
      assert.equal(received.length, 0);
    },
  );
});

test('the operator lists a host, by name or address, and then it is reached, without https too', () =>
  LocalService.during(
    (_request, response) => response.end('inside'),
    async ({ url }) => {
      const listed = outputOf(await get(url, { allowPrivate: new Set(['127.0.0.1']) }));
      assert.equal((listed as { body?: unknown }).body, 'inside');
      assert.equal(failureOf(await get(url)).code, 'not_https');
      assert.equal(failureOf(await get(url, { allowPrivate: new Set(['10.0.0.1']) })).code, 'not_https');
    },
  ));

test('no redirect leads to a private address, by name or by number', async () => {
  for (const location of ['https://10.0.0.1/', 'https://localhost/', 'https://[::ffff:7f00:1]/', 'https://0x7f000001/'])
    await LocalService.during(
      (_request, response) => response.writeHead(302, { location }).end(),
      async (service) => {
        const outcome = await service.call(connectionSpec(), { request: { method: 'GET', path: '/' } });
        assert.equal(failureOf(outcome).code, 'private_address', location);
      },
    );
});
