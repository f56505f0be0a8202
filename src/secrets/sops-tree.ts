import { parseTree, type Node, type ParseError } from 'jsonc-parser';
import type { Json } from '../json/value.ts';
import { parseJson } from '../json/parse.ts';
import { SecretError } from './secret-error.ts';

/**
 * A JSON document as SOPS sees it: keys in the file's order, because the MAC goes over the values in that order and
 * JavaScript objects would move keys such as `10` to the front; numbers as they are written.
 */
export type SopsTree =
  | { kind: 'object'; entries: [string, SopsTree][] }
  | { kind: 'array'; items: SopsTree[] }
  | { kind: 'string'; value: string }
  | { kind: 'literal'; text: string };

export type Scalar = Extract<SopsTree, { kind: 'string' | 'literal' }>;

/** Reads JSON text. Throws `SecretError` `sops_not_json`. */
export function readSopsTree(text: string): SopsTree {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  if (root === undefined || errors.length > 0) throw notJson(text);
  return convert(root, text, []);
}

function notJson(text: string): SecretError {
  if (!/^<{7} /m.test(text)) return new SecretError('sops_not_json', 'the file is not JSON');
  return new SecretError('sops_not_json', 'the file holds both sides of a merge', {
    help: 'encrypted values cannot be merged line by line: take one side (git checkout --ours or --theirs) and make the other change again',
  });
}

function convert(node: Node, text: string, path: string[]): SopsTree {
  if (node.type === 'string') return { kind: 'string', value: String(node.value) };
  if (node.type === 'array')
    return { kind: 'array', items: (node.children ?? []).map((child) => convert(child, text, path)) };
  if (node.type !== 'object') return { kind: 'literal', text: text.slice(node.offset, node.offset + node.length) };
  const entries = new Map<string, SopsTree>();
  for (const { children: [name, value] = [] } of node.children ?? []) {
    const key = String(name?.value);
    if (value === undefined || entries.has(key)) {
      throw new SecretError('sops_not_json', 'a key stands twice', { path: [...path, key] });
    }
    entries.set(key, convert(value, text, [...path, key]));
  }
  return { kind: 'object', entries: [...entries] };
}

/** The plain value. */
export function treeToJson(tree: SopsTree): Json {
  switch (tree.kind) {
    case 'object':
      return Object.fromEntries(tree.entries.map(([key, value]) => [key, treeToJson(value)]));
    case 'array':
      return tree.items.map(treeToJson);
    case 'string':
      return tree.value;
    case 'literal':
      return parseJson(tree.text);
  }
}

/** The value of a key of an object. */
export function childOf(tree: SopsTree, key: string): SopsTree | undefined {
  return tree.kind === 'object' ? tree.entries.find(([name]) => name === key)?.[1] : undefined;
}

/** Changes every scalar in the file's order; the items of a list have the list's path. */
export function mapScalars(
  tree: SopsTree,
  path: readonly string[],
  change: (scalar: Scalar, path: readonly string[]) => SopsTree,
): SopsTree {
  if (tree.kind === 'object') {
    return {
      kind: 'object',
      entries: tree.entries.map(([key, value]) => [key, mapScalars(value, [...path, key], change)]),
    };
  }
  if (tree.kind === 'array') return { kind: 'array', items: tree.items.map((item) => mapScalars(item, path, change)) };
  return change(tree, path);
}

/** The document without its `sops` part. */
export function withoutMetadata(root: SopsTree): SopsTree {
  return root.kind === 'object' ? { kind: 'object', entries: root.entries.filter(([key]) => key !== 'sops') } : root;
}

/** Writes the tree as sops writes JSON: Go's encoding/json with its HTML escapes, and a line end at the end. */
export function formatSopsTree(tree: SopsTree, indent: string): string {
  return `${format(tree, indent, '\n')}\n`;
}

function format(tree: SopsTree, indent: string, line: string): string {
  const inner = line + indent;
  switch (tree.kind) {
    case 'object': {
      const entries = tree.entries.map(([key, value]) => `${quote(key)}: ${format(value, indent, inner)}`);
      return entries.length === 0 ? '{}' : `{${inner}${entries.join(`,${inner}`)}${line}}`;
    }
    case 'array': {
      const items = tree.items.map((item) => format(item, indent, inner));
      return items.length === 0 ? '[]' : `[${inner}${items.join(`,${inner}`)}${line}]`;
    }
    case 'string':
      return quote(tree.value);
    case 'literal':
      return tree.text;
  }
}

function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
