import type { Json, JsonObject } from '../../../src/json/value.ts';

/** Fields of a form or a query as the object that they stand for: `a[b][0]=c` is `{ a: { b: ['c'] } }`. */
export function formFields(pairs: Iterable<[string, string]>): JsonObject {
  const fields: Tree = new Map();
  for (const [name, value] of pairs) {
    const path = name.split(/\[|\]\[|\]/).filter((part) => part !== '');
    const last = path.pop() ?? '';
    let within = fields;
    for (const part of path) {
      const next = within.get(part);
      const inner: Tree = next instanceof Map ? next : new Map();
      within.set(part, inner);
      within = inner;
    }
    within.set(last, value);
  }
  return Object.fromEntries([...fields].map(([name, value]) => [name, unfold(value)]));
}

/** The parts of a multipart body with their names, each byte a character; without their headers. */
export function multipartFields(body: string): [string, string][] {
  const [boundary = ''] = body.split('\r\n', 1);
  return body.split(boundary).flatMap((part) => {
    const [, name, content] = /^\r\n.*?; name="([^"]+)".*?\r\n\r\n(.*)\r\n$/s.exec(part) ?? [];
    return name === undefined || content === undefined ? [] : [[name, content]];
  });
}

type Tree = Map<string, string | Tree>;

function unfold(value: string | Tree): Json {
  if (typeof value === 'string') return value;
  const entries = [...value].map(([name, item]) => [name, unfold(item)] as const);
  const isList = entries.every(([name], index) => name === String(index));
  return isList ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}
