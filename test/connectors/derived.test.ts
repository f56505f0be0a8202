import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { test } from 'node:test';
import { jwtVerify } from 'jose';
import type { Auth } from '../../src/generated/connector.ts';
import { derive } from '../../src/connectors/derived.ts';
import { derivedInOrder, type DerivedValues } from '../../src/connectors/derived-order.ts';
import type { BuiltRequest } from '../../src/connectors/request.ts';
import type { Json, JsonObject } from '../../src/json/value.ts';
import { connectionSpec, failureOf, json, LocalService, outputOf } from './local-service.ts';

const NOW = Date.UTC(2015, 7, 30, 12, 36);

function request(method: string, url: string, form?: JsonObject): BuiltRequest {
  const made = { method, url: new URL(url), headers: {} };
  return form === undefined ? made : { ...made, body: { kind: 'form', value: form, lists: 'repeat' } };
}

function text(value: Json | undefined): string {
  assert.equal(typeof value, 'string');
  return value as string;
}

/** All values of a connection with these fields. */
async function valuesOf(
  derived: DerivedValues,
  connection: JsonObject,
  built?: BuiltRequest,
  now = NOW,
): Promise<JsonObject> {
  const users = Object.keys(derived).map((name) => `derived.${name}`);
  return (await derive(derived, users, { connection }, now, built)).values;
}

test('an exchange’s signature over the query with the time, as Binance documents it', async () => {
  const { signature } = await valuesOf(
    {
      time: { time: { as: 'unix_ms' } },
      signature: {
        hmac: {
          algorithm: 'sha256',
          key: '${{ connection.secret }}',
          of: '${{ request.query }}&timestamp=${{ derived.time }}',
        },
      },
    },
    { secret: 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j' },
    request(
      'POST',
      'https://api.binance.com/api/v3/order?symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000',
    ),
    1_499_827_319_559,
  );
  assert.equal(signature, 'c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71');
});

test('bytes of a digest within what is signed, and a key in base64, as Kraken documents it', async () => {
  const { signature } = await valuesOf(
    {
      content: { digest: { algorithm: 'sha256', of: '${{ connection.nonce }}${{ request.body }}' } },
      signature: {
        hmac: {
          algorithm: 'sha512',
          key: { base64: '${{ connection.secret }}' },
          of: ['${{ request.path }}', { hex: '${{ derived.content }}' }],
          encoding: 'base64',
        },
      },
    },
    {
      nonce: '1616492376594',
      secret: 'kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg==',
    },
    request('POST', 'https://api.kraken.com/0/private/AddOrder', {
      nonce: '1616492376594',
      ordertype: 'limit',
      pair: 'XBTUSD',
      price: '37500',
      type: 'buy',
      volume: '1.25',
    }),
  );
  assert.equal(signature, '4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==');
});

const EMPTY = { digest: { algorithm: 'sha256', of: '${{ request.body }}' } } as const;

/** AWS Signature Version 4 with the headers host and x-amz-date. */
const AWS: DerivedValues = {
  time: { time: { as: 'basic' } },
  day: { text: '${{ derived.time.slice(0, 8) }}' },
  query: { parameters: { of: ['query'] } },
  content: EMPTY,
  canonical: {
    text: '${{ request.method }}\n${{ request.path }}\n${{ derived.query }}\nhost:${{ request.host }}\nx-amz-date:${{ derived.time }}\n\nhost;x-amz-date\n${{ derived.content }}',
  },
  digest: { digest: { algorithm: 'sha256', of: '${{ derived.canonical }}' } },
  scope: { text: '${{ derived.day }}/us-east-1/service/aws4_request' },
  day_key: { hmac: { algorithm: 'sha256', key: 'AWS4${{ connection.secret }}', of: '${{ derived.day }}' } },
  region_key: { hmac: { algorithm: 'sha256', key: { hex: '${{ derived.day_key }}' }, of: 'us-east-1' } },
  service_key: { hmac: { algorithm: 'sha256', key: { hex: '${{ derived.region_key }}' }, of: 'service' } },
  signing_key: { hmac: { algorithm: 'sha256', key: { hex: '${{ derived.service_key }}' }, of: 'aws4_request' } },
  signature: {
    hmac: {
      algorithm: 'sha256',
      key: { hex: '${{ derived.signing_key }}' },
      of: 'AWS4-HMAC-SHA256\n${{ derived.time }}\n${{ derived.scope }}\n${{ derived.digest }}',
    },
  },
};

test('AWS Signature Version 4, with vectors of its test suite', async () => {
  const fields = { secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
  const plain = await valuesOf(AWS, fields, request('GET', 'https://example.amazonaws.com/'));
  assert.equal(plain['signature'], '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31');
  const ordered = 'https://example.amazonaws.com/?Param2=value2&Param1=value1';
  const { signature } = await valuesOf(AWS, fields, request('GET', ordered));
  assert.equal(signature, 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500');
});

test('OAuth 1.0 with HMAC-SHA1, as in the example of RFC 5849', async () => {
  const { signature } = await valuesOf(
    {
      parameters: {
        parameters: {
          of: ['query', 'form'],
          add: {
            oauth_consumer_key: '${{ connection.consumer_key }}',
            oauth_token: '${{ connection.token }}',
            oauth_signature_method: 'HMAC-SHA1',
            oauth_timestamp: '137131202',
            oauth_nonce: 'chapoH',
          },
        },
      },
      base: {
        text: "${{ request.method }}&${{ url.encode(request.url.split('?')[0] ?? '') }}&${{ url.encode(derived.parameters) }}",
      },
      signature: {
        hmac: {
          algorithm: 'sha1',
          key: '${{ connection.consumer_secret }}&${{ connection.token_secret }}',
          of: '${{ derived.base }}',
          encoding: 'base64',
        },
      },
    },
    {
      consumer_key: 'dpf43f3p2l4k3l03',
      consumer_secret: 'kd94hf93k423kf44',
      token: 'nnch734d00sl2jdk',
      token_secret: 'pfkkdhi9sl3r4s00',
    },
    request('GET', 'http://photos.example.net/photos?file=vacation.jpg&size=original'),
  );
  assert.equal(signature, 'MdpQcU8iPSUjWoN/UDMsK2sui9I=');
});

test('times, chance, and parameters as some services join them', async () => {
  const built = request('POST', 'https://api.example.test/x?b=2&a=1%202', { c: "it's" });
  const values = await valuesOf(
    {
      basic: { time: { as: 'basic' } },
      http: { time: { as: 'http' } },
      later: { time: { as: 'unix_s', later_s: 60 } },
      uuid: { random: 'uuid' },
      hex: { random: 'hex' },
      encoded: { parameters: { of: ['query', 'form'] } },
      joined: {
        parameters: { of: ['query'], add: { B: 'x' }, encoded: false, equals: '', separator: '' },
      },
    },
    {},
    built,
  );
  const { uuid, hex, ...others } = values;
  assert.match(text(uuid), /^[0-9a-f-]{36}$/);
  assert.match(text(hex), /^[0-9a-f]{32}$/);
  assert.deepEqual(others, {
    basic: '20150830T123600Z',
    http: 'Sun, 30 Aug 2015 12:36:00 GMT',
    later: NOW / 1000 + 60,
    encoded: 'a=1%202&b=2&c=it%27s',
    joined: 'Bxa1 2b2',
  });
});

test('a signature by a private key, which may stand in one line', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey
    .export({ type: 'pkcs8', format: 'pem' })
    .toString()
    .replaceAll('\n', String.raw`\n`);
  const signed: DerivedValues = {
    signature: { signature: { algorithm: 'ed25519', key: '${{ connection.key }}', of: 'text', encoding: 'base64' } },
  };
  const { signature } = await valuesOf(signed, { key: pem });
  assert.ok(verify(null, Buffer.from('text'), publicKey, Buffer.from(text(signature), 'base64')));
  await assert.rejects(valuesOf(signed, { key: 'no key at all' }), /private key cannot be read/);
});

test('signed tokens by secret and by private key', async () => {
  const now = Date.now();
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const secret = Buffer.from('a secret of a service');
  const values = await valuesOf(
    {
      app: {
        jwt: {
          algorithm: 'RS256',
          key: '${{ connection.key }}',
          claims: { iss: '${{ connection.app }}' },
          expires_in: 600,
        },
      },
      admin: {
        jwt: {
          algorithm: 'HS256',
          key: { hex: '${{ connection.secret }}' },
          header: { kid: '${{ connection.app }}' },
          claims: { aud: '/admin/', sub: '${{ connection.absent }}' },
        },
      },
    },
    { app: 'app-1', key: pem, secret: secret.toString('hex') },
    undefined,
    now,
  );
  const issued = Math.floor(now / 1000);
  const app = await jwtVerify(text(values['app']), publicKey, { algorithms: ['RS256'] });
  assert.deepEqual(app.payload, { iat: issued, exp: issued + 600, iss: 'app-1' });
  const admin = await jwtVerify(text(values['admin']), secret, { algorithms: ['HS256'] });
  assert.deepEqual(admin.protectedHeader, { typ: 'JWT', kid: 'app-1', alg: 'HS256' });
  assert.deepEqual(admin.payload, { iat: issued, exp: issued + 300, aud: '/admin/' });
});

function of(name: string): { text: string } {
  return { text: `\${{ derived.${name} }}` };
}

test('only what is needed is made, each after what it needs; a circle is told', () => {
  const values = { a: of('b'), b: of('c'), c: { text: 'x' }, unused: { text: 'y' } };
  const needed = derivedInOrder(values, { headers: { X: '${{ derived.a }}' } });
  assert.deepEqual(
    needed.map(([name]) => name),
    ['c', 'b', 'a'],
  );
  assert.throws(() => derivedInOrder({ a: of('b'), b: of('a') }, 'derived.b'), /b, a, b/);
});

const SIGNED = connectionSpec({
  fields: { secret: { title: 'Secret', secret: true } },
  derived: { signature: { hmac: { algorithm: 'sha256', key: '${{ connection.secret }}', of: '${{ request.body }}' } } },
  auth: { type: 'custom', headers: { 'X-Signature': '${{ derived.signature }}' } },
});

test('what is signed is what is sent, and no answer brings the signature back', async () => {
  const POST = { request: { method: 'POST', path: '/x', body: { json: { a: 'ä' } } } };
  await LocalService.during(
    ({ headers }, response) => json(response, { got: headers['x-signature'] ?? null }),
    async (service) => {
      const output = outputOf(await service.call(SIGNED, POST, { secrets: { secret: 'a-secret-of-acme' } }));
      const [received] = service.received;
      const { signature } = await valuesOf(
        SIGNED.derived ?? {},
        { secret: 'a-secret-of-acme' },
        {
          ...request('POST', 'https://api.example.test/x'),
          body: { kind: 'text', value: Buffer.from(received?.body ?? '', 'latin1').toString(), lists: 'repeat' },
        },
      );
      assert.equal(received?.headers['x-signature'], signature);
      assert.ok(!JSON.stringify(output).includes(text(signature)));
    },
  );
});

test('a signed token is exchanged for another, after requests that say where', async () => {
  const auth: Auth = {
    type: 'token_exchange',
    before: [{ name: 'discovery', request: { method: 'GET', path: '/discovery' } }],
    request: {
      method: 'POST',
      path: '${{ before.discovery.body.token_path }}',
      body: { form: { assertion: '${{ derived.assertion }}' } },
    },
    token: '${{ response.body.access_token }}',
  };
  const spec = connectionSpec({
    fields: { secret: { title: 'Secret', secret: true } },
    derived: { assertion: { jwt: { algorithm: 'HS256', key: '${{ connection.secret }}', claims: { iss: 'acme' } } } },
    auth,
  });
  const secret = 'a-secret-of-acme';
  await LocalService.during(
    ({ url, headers }, response) => {
      if (url === '/discovery') return json(response, { token_path: '/tokens' });
      if (url === '/tokens') return json(response, { access_token: 'a-token-of-acme' });
      return json(response, {}, headers.authorization === 'Bearer a-token-of-acme' ? 200 : 401);
    },
    async (service) => {
      const GET = { request: { method: 'GET', path: '/things' } };
      outputOf(await service.call(spec, GET, { secrets: { secret } }));
      const [, exchange] = service.received;
      const assertion = new URLSearchParams(exchange?.body).get('assertion') ?? '';
      assert.equal((await jwtVerify(assertion, Buffer.from(secret))).payload.iss, 'acme');
      assert.deepEqual(
        service.received.map(({ url }) => url),
        ['/discovery', '/tokens', '/things'],
      );
    },
  );
  await LocalService.during(
    ({ url, body }, response) =>
      url === '/discovery' ? json(response, { token_path: '/tokens' }) : json(response, { message: `no ${body}` }, 400),
    async (service) => {
      const outcome = await service.call(spec, { request: { method: 'GET', path: '/x' } }, { secrets: { secret } });
      const assertion = new URLSearchParams(service.received[1]?.body).get('assertion') ?? '';
      const failure = failureOf(outcome);
      assert.match(failure.message, /^no token: .*no assertion=/);
      assert.ok(assertion !== '' && !JSON.stringify(failure).includes(assertion));
    },
  );
});
