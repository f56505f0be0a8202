import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import type { PointerToken } from '../json/pointer.ts';
import { isJsonObject, type Json } from '../json/value.ts';
import { renderJson } from './render-json.ts';
import type { FileResult } from './run-tests.ts';

/**
 * The text of a test's file with what came in place of what its failing cases expect. Only values that are there are
 * written over; the rest of the text stays as it is. A case that could not be compared stays too.
 */
export function updatedText({ document, cases }: FileResult): string | undefined {
  if (document === undefined) return undefined;
  const root = parseTree(document.text);
  const edits = cases.flatMap(({ problems, differences, actual }, index) =>
    problems.some(({ path }) => path[0] !== 'expect') || actual === undefined || root === undefined
      ? []
      : differences.flatMap(({ path }) => editOf(root, ['cases', index], path, { expect: actual })),
  );
  const outermost = edits.filter(
    (edit) =>
      !edits.some(
        (other) => other !== edit && contains(other.node, edit.node, edits.indexOf(other) < edits.indexOf(edit)),
      ),
  );
  return outermost
    .toSorted((left, right) => right.node.offset - left.node.offset)
    .reduce((text, { node, value }) => replaced(text, node, value), document.text);
}

interface Edit {
  node: Node;
  value: Json;
}

/** Writes over the nearest value that both the file and the run have. */
function editOf(root: Node, before: PointerToken[], path: readonly PointerToken[], actual: Json): Edit[] {
  // Not the expectation as a whole: which keys it has is its author's choice.
  for (let length = path.length; length > 1; length--) {
    const place = path.slice(0, length);
    const node = findNodeAtLocation(root, [...before, ...place]);
    const value = valueAt(actual, place);
    if (node !== undefined && value !== undefined) return [{ node, value }];
  }
  return [];
}

function valueAt(value: Json, path: readonly PointerToken[]): Json | undefined {
  return path.reduce<Json | undefined>((inner, token) => {
    if (Array.isArray(inner)) return inner[Number(token)];
    return isJsonObject(inner) ? inner[token] : undefined;
  }, value);
}

/** Whether a node holds another one; of the same one twice, the first is kept. */
function contains(outer: Node, inner: Node, isBefore: boolean): boolean {
  if (outer === inner) return isBefore;
  return outer.offset <= inner.offset && inner.offset + inner.length <= outer.offset + outer.length;
}

function replaced(text: string, { offset, length }: Node, value: Json): string {
  const lineStart = text.lastIndexOf('\n', offset) + 1;
  const indent = /^ */.exec(text.slice(lineStart))?.[0].length ?? 0;
  return text.slice(0, offset) + renderJson(value, indent, offset - lineStart) + text.slice(offset + length);
}
