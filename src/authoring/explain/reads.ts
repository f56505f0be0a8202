import { isJsonObject, ownProperty, type Json, type JsonObject } from '../../json/value.ts';
import type { Argument, Expression } from '../../language/expression.ts';
import { parseTemplate } from '../../language/template.ts';

/** A value that an expression reads, such as `trigger.body.text`. */
export interface Read {
  /** From the root on. */
  keys: string[];
  value: Json | undefined;
  /** Where the value is absent: the first key that is not there, what was asked for it, and what that has. */
  missing: { key: string; within: string; has: string[] | undefined } | undefined;
}

/** What the template reads of its roots, each once, in the order in which it stands. */
export function readsOf(template: string, scope: JsonObject): Read[] {
  const chains = new Map<string, string[]>();
  for (const part of parseTemplate(template).parts) {
    if (typeof part !== 'string') collect(part, [], (keys) => chains.set(keys.join('.'), keys));
  }
  return [...chains.values()].map((keys) => read(keys, scope));
}

function read(keys: string[], scope: JsonObject): Read {
  let value: Json | undefined = scope;
  for (const [index, key] of keys.entries()) {
    const inner: Json | undefined = isJsonObject(value)
      ? ownProperty(value, key)
      : Array.isArray(value)
        ? value[Number(key)]
        : undefined;
    if (inner === undefined) {
      const has = isJsonObject(value) ? Object.keys(value) : undefined;
      return { keys, value: undefined, missing: { key, within: keys.slice(0, index).join('.'), has } };
    }
    value = inner;
  }
  return { keys, value, missing: undefined };
}

/** Tells of each chain of constant keys that begins at a root; `locals` are names that arrows bind. */
function collect(expression: Argument, locals: readonly string[], found: (keys: string[]) => void): void {
  const chain = chainOf(expression);
  if (chain !== undefined) {
    const [root = ''] = chain;
    if (!locals.includes(root) && chain.length > 1) found(chain);
    return;
  }
  switch (expression.kind) {
    case 'arrow':
      return collect(expression.body, [...locals, ...expression.params], found);
    default:
      for (const inner of innerOf(expression)) collect(inner, locals, found);
  }
}

function chainOf(expression: Argument): string[] | undefined {
  if (expression.kind === 'name') return [expression.name];
  if (expression.kind !== 'member' || expression.key.kind !== 'literal') return undefined;
  const before = chainOf(expression.object);
  return before && [...before, String(expression.key.value)];
}

function innerOf(expression: Expression): Argument[] {
  switch (expression.kind) {
    case 'literal':
    case 'name':
      return [];
    case 'member':
      return [expression.object, expression.key];
    case 'call':
      return expression.args;
    case 'method':
      return [expression.object, ...expression.args];
    case 'unary':
      return [expression.operand];
    case 'binary':
    case 'logical':
      return [expression.left, expression.right];
    case 'conditional':
      return [expression.test, expression.consequent, expression.alternate];
    case 'template':
      return expression.values;
    case 'array':
      return expression.items;
    case 'object':
      return expression.entries.map(({ value }) => value);
  }
}
