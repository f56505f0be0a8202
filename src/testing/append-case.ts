import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import type { TestCase } from '../generated/test.ts';
import type { Json } from '../json/value.ts';
import { renderJson } from './render-json.ts';

/** The text of a test's file with one case more; without a text, a new file's. */
export function withCase(text: string | undefined, added: TestCase): string {
  const rendered = renderJson({ ...added } as unknown as Json, 4, 4);
  const last = text === undefined ? undefined : lastCaseOf(text);
  if (text === undefined || last === undefined) return `{\n  "cases": [\n    ${rendered}\n  ]\n}\n`;
  return `${text.slice(0, last)},\n    ${rendered}${text.slice(last)}`;
}

/** Where the last case ends. */
function lastCaseOf(text: string): number | undefined {
  const root = parseTree(text);
  const last = root && findNodeAtLocation(root, ['cases'])?.children?.at(-1);
  return last && last.offset + last.length;
}
