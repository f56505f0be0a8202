import assert from 'node:assert/strict';
import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readBody } from '../../../src/connectors/webhooks/body.ts';
import type { WebhookRequest } from '../../../src/connectors/webhooks/request.ts';
import { refuseSignature } from '../../../src/connectors/webhooks/signature.ts';
import type { Connector } from '../../../src/generated/connector.ts';
import { validateConnector } from '../../../src/generated/validators.js';
import { schemeOf, SCHEMES } from './schemes.ts';

/** A vector as the service publishes it, or as its own library makes it. */
interface Vector {
  provider: string;
  secret: string;
  headers: { signature: string; id?: string; timestamp?: string };
  expected: string;
  prefix?: string;
  method?: string;
  url?: string;
  body?: string;
  form?: { [name: string]: string };
  id?: string;
  timestamp?: string | null;
}

const { vectors } = JSON.parse(readFileSync(join(import.meta.dirname, 'vectors.json'), 'utf8')) as {
  vectors: Vector[];
};

function requestOf(vector: Vector): WebhookRequest {
  const { headers, form, id, timestamp, expected } = vector;
  const text = form === undefined ? (vector.body ?? '') : new URLSearchParams(form).toString();
  const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
  const named = [
    ['content-type', type],
    [headers.signature, expected],
    [headers.id, id],
    [headers.timestamp?.split(' ')[0], timestamp],
  ].flatMap(([name, value]) =>
    typeof name !== 'string' || typeof value !== 'string' ? [] : [[name.toLowerCase(), value]],
  );
  return request(text, Object.fromEntries(named), vector);
}

function request(
  body: string | Uint8Array,
  headers: { [name: string]: string },
  { method = 'POST', url = 'https://hooks.example.test/in' }: { method?: string; url?: string } = {},
): WebhookRequest {
  const bytes = Buffer.from(body as string);
  const read = readBody(headers['content-type'], bytes);
  return { method, url, headers, body: bytes, value: 'value' in read ? read.value : undefined };
}

/** When the vector was signed. */
function signedAt({ timestamp }: Vector): number {
  const number = Number(timestamp ?? 0);
  return number > 1e11 ? number : number * 1000;
}

/** Every text that differs from this one in one bit. */
function* flipped(text: string): Generator<string> {
  const bytes = Buffer.from(text, 'latin1');
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const other = Buffer.from(bytes);
    other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield other.toString('latin1');
  }
}

for (const vector of vectors) {
  const scheme = schemeOf(vector.provider);
  const genuine = requestOf(vector);
  const refusal = (changed: Partial<WebhookRequest>, secret = vector.secret, now = signedAt(vector)) =>
    refuseSignature(scheme, { ...genuine, ...changed }, secret, now);

  test(`${vector.provider}: its vector is genuine, and with any bit changed it is not`, () => {
    assert.equal(refusal({}), undefined);
    for (const text of flipped(Buffer.from(genuine.body).toString('latin1'))) {
      const body = Buffer.from(text, 'latin1');
      const isForm = vector.form !== undefined;
      // In a form, + and %20, or a letter's case after %, say the same.
      const same = isForm && new URLSearchParams(body.toString()).toString() === Buffer.from(genuine.body).toString();
      if (!same) assert.notEqual(refusal({ body, value: undefined }), undefined, text);
    }
    for (const name of Object.keys(genuine.headers).filter((one) => one !== 'content-type')) {
      for (const value of flipped(String(genuine.headers[name]))) {
        // Blanks around an item, and items that are of no other kind, are no part of what is signed.
        if (value.split(',').some((item) => item.trim() !== item)) continue;
        assert.notEqual(refusal({ headers: { ...genuine.headers, [name]: value } }), undefined, `${name}: ${value}`);
      }
      const { [name]: _, ...rest } = genuine.headers;
      assert.notEqual(refusal({ headers: rest }), undefined, `without ${name}`);
    }
    for (const secret of flipped(vector.secret))
      if (
        /base64/.test(scheme.key.decode ?? '') &&
        Buffer.from(secret.slice(6), 'base64').equals(Buffer.from(vector.secret.slice(6), 'base64'))
      )
        continue;
      else assert.notEqual(refusal({}, secret), undefined, secret);
    if (/url|method/.test(scheme.signed ?? '')) {
      assert.notEqual(refusal({ url: `${genuine.url}?` }), undefined);
      if (/method/.test(scheme.signed ?? '')) assert.notEqual(refusal({ method: 'PUT' }), undefined);
    }
  });

  if (scheme.timestamp !== undefined) {
    test(`${vector.provider}: what was signed long ago, or long from now, is refused`, () => {
      for (const apart of [-300, 300])
        assert.equal(refusal({}, vector.secret, signedAt(vector) + apart * 1000), undefined);
      for (const apart of [-301, 301])
        assert.match(refusal({}, vector.secret, signedAt(vector) + apart * 1000) ?? '', /301 seconds (ago|from now)/);
    });
  }
}

test('no reason tells the key or the right signature', () => {
  for (const vector of vectors) {
    const genuine = requestOf(vector);
    const headers = {
      ...genuine.headers,
      [vector.headers.signature.toLowerCase()]: vector.expected.slice(0, -4) + 'AAAA',
    };
    const reason = refuseSignature(schemeOf(vector.provider), { ...genuine, headers }, vector.secret, signedAt(vector));
    assert.equal(reason, 'the signature is wrong');
  }
});

test('one of several signatures must be right, as while a key is changed', () => {
  const timestamp = '1614265330';
  const sign = (secret: string): string => createHmac('sha256', secret).update(`${timestamp}.{}`).digest('hex');
  const refusal = (signatures: string[]): string | undefined => {
    const header = [`t=${timestamp}`, ...signatures].join(',');
    return refuseSignature(schemeOf('stripe'), request('{}', { 'stripe-signature': header }), 'new', 1614265330_000);
  };
  assert.equal(refusal([`v1=${sign('old')}`, `v1=${sign('new')}`, 'v0=x']), undefined);
  assert.equal(refusal([`v0=${sign('new')}`]), 'the header Stripe-Signature holds no signature');
  assert.equal(refusal([`v1=${sign('old')}`]), 'the signature is wrong');
  assert.equal(refusal([]), 'the header Stripe-Signature holds no signature');
});

test('bytes that are no text are proved as they are', () => {
  const body = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]);
  const signature = `sha256=${createHmac('sha256', 'key').update(body).digest('hex')}`;
  const headers = { 'x-hub-signature-256': signature };
  assert.equal(refuseSignature(schemeOf('github'), request(body, headers), 'key', 0), undefined);
  const replaced = Buffer.from(body.toString());
  assert.notEqual(refuseSignature(schemeOf('github'), request(replaced, headers), 'key', 0), undefined);
});

test('Ed25519: the signature of the private key is proved with the public one', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
  const signature = sign(null, Buffer.from('1700000000{"type":1}'), privateKey).toString('hex');
  const refusal = (body: string, given: string, key = raw): string | undefined => {
    const headers = { 'x-signature-ed25519': given, 'x-signature-timestamp': '1700000000' };
    return refuseSignature(schemeOf('discord'), request(body, headers), key, 1700000000_000);
  };
  assert.equal(refusal('{"type":1}', signature), undefined);
  assert.equal(refusal('{"type":2}', signature), 'the signature is wrong');
  for (const other of flipped(signature)) assert.equal(refusal('{"type":1}', other) === undefined, false, other);
  assert.equal(refusal('{"type":1}', signature, raw.slice(2)), 'the signature is wrong');
  assert.match(refusal('{"type":1}', signature, 'no hex') ?? '', /not written as it should be/);
});

test('Twilio: a body that is no form is proved by its digest in the address', () => {
  const body = '{"a":1}';
  const url = 'https://hooks.example.test/in';
  const digest = createHash('sha256').update(body).digest('hex');
  const refusal = (query: string, sent: string): string | undefined => {
    const signature = createHmac('sha1', '12345')
      .update(url + query)
      .digest('base64');
    const headers = { 'x-twilio-signature': signature, 'content-type': 'application/json' };
    return refuseSignature(schemeOf('twilio'), request(sent, headers, { url: url + query }), '12345', 0);
  };
  assert.equal(refusal(`?bodySHA256=${digest}`, body), undefined);
  assert.match(refusal(`?bodySHA256=${digest}`, '{"a":2}') ?? '', /not the digest of the body/);
  assert.match(refusal('', body) ?? '', /bodySHA256 is missing/);
});

test('a token, a time as a date, and a signature within the body', () => {
  const token = request('{}', { 'x-gitlab-token': 'word' });
  assert.equal(refuseSignature(schemeOf('gitlab'), token, 'word', 0), undefined);
  assert.equal(refuseSignature(schemeOf('gitlab'), token, 'Word', 0), 'the signature is wrong');
  const time = '2026-01-31T09:00:00Z';
  const dated = request('{}', {
    'x-zendesk-webhook-signature': createHmac('sha256', 'key').update(`${time}{}`).digest('base64'),
    'x-zendesk-webhook-signature-timestamp': time,
  });
  assert.equal(refuseSignature(schemeOf('zendesk'), dated, 'key', Date.parse(time)), undefined);
  assert.match(refuseSignature(schemeOf('zendesk'), dated, 'key', 0) ?? '', /seconds from now/);
  const signature = createHmac('sha256', 'key').update('17abc').digest('hex');
  const inside = request(JSON.stringify({ signature: { timestamp: '17', token: 'abc', signature } }), {});
  assert.equal(refuseSignature(schemeOf('mailgun'), inside, 'key', 17_000), undefined);
  assert.match(
    refuseSignature(schemeOf('mailgun'), request('{}', {}), 'key', 0) ?? '',
    /the body's signature.signature holds no/,
  );
});

test('every scheme of the tests fits the schema of connectors', () => {
  const connector: Connector = {
    name: 'schemes',
    title: 'Schemes',
    version: '1.0.0',
    description: 'For tests.',
    webhook_schemes: SCHEMES,
    actions: {},
  };
  assert.equal(validateConnector(connector), true, JSON.stringify(validateConnector.errors?.slice(0, 3)));
});
