import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isExact, parseJson } from '../../src/json/parse.ts';
import { ExactNumber, isJsonObject, ownProperty } from '../../src/json/value.ts';

test('a number that a double would change stays as it was written', () => {
  const text = '{"id":1234567890123456789,"huge":1e400,"long":0.12345678901234567890123}';
  const value = parseJson(text);
  assert.ok(isJsonObject(value));
  assert.ok(ownProperty(value, 'id') instanceof ExactNumber);
  assert.ok(ownProperty(value, 'huge') instanceof ExactNumber);
  assert.equal(JSON.stringify(value), text);
});

test('numbers that a double holds are plain numbers, however they are written', () => {
  assert.deepEqual(
    parseJson('[1.0, 1e3, 0.1, -0, 9007199254740992, 1.50e-9, 100000000000000000000, 5e-324]'),
    [1, 1000, 0.1, -0, 9007199254740992, 1.5e-9, 100000000000000000000, 5e-324],
  );
});

test('what JSON.stringify wrote is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      assert.deepEqual(parseJson(text), JSON.parse(text));
    }),
  );
});

test('every integer keeps its digits', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), (integer) => {
      assert.equal(integerIn(JSON.stringify(parseJson(String(integer)))), integer);
    }),
  );
});

test('every decimal keeps its digits, wherever its point is', () => {
  fc.assert(
    // Sixteen and seventeen digits: where a double begins to change some of them.
    fc.property(fc.bigInt({ min: 10n ** 15n, max: 10n ** 17n }), fc.integer({ min: 1, max: 15 }), (number, places) => {
      const digits = String(number);
      const text = `${digits.slice(0, -places)}.${digits.slice(-places)}`;
      const read = parseJson(text);
      if (read instanceof ExactNumber) assert.equal(read.text, text);
      else assert.ok(isExact(text, Number(read)), `${text} became ${JSON.stringify(read)}`);
    }),
  );
});

test('inherited names are no properties', () => {
  const value = parseJson('{"__proto__":{"polluted":true}}');
  assert.ok(isJsonObject(value));
  assert.equal(ownProperty(value, 'constructor'), undefined);
  assert.deepEqual(Object.keys(value), ['__proto__']);
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
});

/** The integer that a JSON number says, also where it is written with an exponent. */
function integerIn(text: string): bigint {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return BigInt(whole + fraction) * 10n ** BigInt(Number(exponent) - fraction.length);
}
