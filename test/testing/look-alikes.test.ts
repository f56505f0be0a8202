import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../../src/json/value.ts';
import { LookAlikes } from '../../src/testing/look-alikes.ts';

/** What may stand for each character: what a text's shape is. */
function shapeOf(value: Json): Json {
  if (typeof value === 'string')
    return value
      .replace(/\p{Lu}/gu, 'A')
      .replace(/\p{Ll}/gu, 'a')
      .replace(/\p{Lo}/gu, 'o')
      .replace(/\p{Nd}/gu, '0');
  if (typeof value === 'number') return shapeOf(String(value));
  return value;
}

function written(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.emailAddress(),
  fc.uuid(),
  fc.webUrl(),
  fc.string({ unit: fc.constantFrom(...Array.from('abcé Añ.日+-019ǅ')), maxLength: 40 }),
);

test('a look-alike has the shape of its text, and the same text gets the same one', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), (texts) => {
      const looks = new LookAlikes('key', '');
      for (const one of texts) {
        const made = looks.of(one);
        assert.equal(shapeOf(made), shapeOf(one));
        assert.equal(looks.of(one), made);
      }
    }),
  );
});

test('whole numbers and their texts get the same; different words different ones', () => {
  fc.assert(
    fc.property(fc.nat(), (number) => {
      const looks = new LookAlikes('key', '');
      assert.equal(written(looks.of(number)), looks.of(String(number)));
    }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{4,9}$/), { maxLength: 60 }), (words) => {
      const looks = new LookAlikes('key', '');
      const made = words.map((word) => looks.of(word));
      assert.equal(new Set(made).size, words.length);
      assert.ok(made.every((word, index) => word !== words[index]));
    }),
  );
});

test('a name is the same in a mail address, in other case and in the middle of a text', () => {
  const looks = new LookAlikes('key', '');
  const [first, last] = [looks.of('Maria'), looks.of('López')];
  assert.ok(typeof first === 'string' && typeof last === 'string');
  assert.match(first, /^[A-Z][a-z]{4}$/);
  assert.ok(first !== 'Maria' && last !== 'López');
  assert.equal(written(looks.of('Dear Maria López,')).slice(5), `${first} ${last},`);
  assert.match(written(looks.of('maria@acme.com')), new RegExp(`^${first.toLowerCase()}@[a-z]{4}\\.com$`));
});

test('a phone number keeps its country and kind, and is the same however it is written', () => {
  const looks = new LookAlikes('key', '');
  const plain = written(looks.of('+34600123456'));
  assert.match(plain, /^\+34600\d{6}$/);
  assert.notEqual(plain, '+34600123456');
  assert.equal(written(looks.of('call 600 12 34 56 now')).replace(/\D/g, ''), plain.slice(3));
});

test('amounts keep their size, ids their form; dates and known words stay', () => {
  const looks = new LookAlikes('key', '{"kind":"lead","text":"Thanks for it"}');
  assert.match(written(looks.of(1234.56)), /^1\d{3}\.56$/);
  assert.match(written(looks.of('cus_9f8Gh2')), /^[a-z]{3}_\d[a-z]\d[A-Z][a-z]\d$/);
  for (const same of ['2026-03-04T05:06:07Z', '04/03/2026', '2026-03-04', 'lead', 'Thanks for it', 42, true, null])
    assert.deepEqual(looks.of(same), same);
  assert.deepEqual(Object.keys(looks.of({ kind: 1, maria: 2 }) ?? {})[0], 'kind');
});

test('what is replaced cannot be told without the key', () => {
  assert.notEqual(new LookAlikes('a', '').of('Maria Fernanda'), new LookAlikes('b', '').of('Maria Fernanda'));
});
