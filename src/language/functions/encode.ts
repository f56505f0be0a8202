import { parseJson } from '../../json/parse.ts';
import { isJsonObject } from '../../json/value.ts';
import { STRING, UNKNOWN } from '../types.ts';
import { param, text, type LibraryFunction } from './function.ts';

const TEXT = param('text', STRING);

/** JSON, base64 and the parts of addresses. */
export const ENCODING_FUNCTIONS: readonly LibraryFunction[] = [
  {
    name: 'json.parse',
    params: [TEXT],
    gives: 'anything',
    doc: 'The value that the JSON text writes. Say what it must be with `expect`.',
    examples: [["expect(json.parse('[1]'), 'array')", [1]]],
    infer: () => UNKNOWN,
    evaluate({ args: [written], fail }) {
      try {
        return parseJson(text(written));
      } catch {
        return fail('the text is not JSON');
      }
    },
  },
  {
    name: 'json.text',
    params: [param('value', UNKNOWN)],
    gives: 'text',
    doc: 'The value as JSON, on one line.',
    examples: [['json.text({ a: [1, null] })', '{"a":[1,null]}']],
    infer: () => STRING,
    evaluate: ({ args: [value] }) => JSON.stringify(value),
  },
  {
    name: 'base64.encode',
    params: [TEXT],
    gives: 'text',
    doc: 'The UTF-8 bytes of the text in base64 (RFC 4648 §4).',
    examples: [["base64.encode('ä?')", 'w6Q/']],
    infer: () => STRING,
    evaluate: ({ args: [plain] }) => Buffer.from(text(plain)).toString('base64'),
  },
  {
    name: 'base64.decode',
    params: [TEXT],
    gives: 'text',
    doc: 'The text whose UTF-8 bytes the base64 writes; both alphabets are read.',
    examples: [["base64.decode('w6Q_')", 'ä?']],
    infer: () => STRING,
    evaluate({ args: [encoded], fail }) {
      const written = text(encoded);
      if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(written)) return fail('the text is not base64');
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(written, 'base64'));
      } catch {
        return fail('the bytes are no text in UTF-8');
      }
    },
  },
  {
    name: 'url.encode',
    params: [TEXT],
    gives: 'text',
    doc: 'The text for a part of an address, percent-encoded.',
    examples: [["url.encode('a b/c')", 'a%20b%2Fc']],
    infer: () => STRING,
    evaluate: ({ args: [plain], fail }) => {
      try {
        return encodeURIComponent(text(plain));
      } catch {
        return fail('the text holds half a character');
      }
    },
  },
  {
    name: 'url.decode',
    params: [TEXT],
    gives: 'text',
    doc: 'The text that is percent-encoded.',
    examples: [["url.decode('a%20b')", 'a b']],
    infer: () => STRING,
    evaluate({ args: [encoded], fail }) {
      try {
        return decodeURIComponent(text(encoded));
      } catch {
        return fail('the text is not percent-encoded UTF-8');
      }
    },
  },
  {
    name: 'url.query',
    params: [param('values', { kind: 'object', properties: new Map(), additional: UNKNOWN })],
    gives: 'text',
    doc: 'The texts, numbers and booleans of the object as a query; a list gives its name once an item.',
    examples: [["url.query({ q: 'a b', n: [1, 2] })", 'q=a+b&n=1&n=2']],
    infer: () => STRING,
    evaluate({ args: [values], fail }) {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(isJsonObject(values) ? values : {})) {
        for (const one of Array.isArray(value) ? value : [value]) {
          if (Array.isArray(one) || isJsonObject(one)) return fail('an object cannot stand in a query');
          query.append(name, String(one));
        }
      }
      return query.toString();
    },
  },
];
