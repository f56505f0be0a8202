import { ExactNumber, type Json, type JsonObject } from '../../json/value.ts';
import { ABSENT, BOOLEAN, INTEGER, STRING, UNKNOWN, itemOf, membersOf, unionOf, type Type } from '../types.ts';
import {
  list,
  number,
  param,
  text,
  type ArrowParam,
  type Call,
  type Callback,
  type LibraryFunction,
} from './function.ts';
import { setProperty } from '../set-property.ts';

const TEST: ArrowParam = { name: 'test', kind: 'arrow', returns: 'boolean' };
const boolean = (): Type => BOOLEAN;
const listOf = (items: Type): Type => ({ kind: 'array', items });

/** The methods of lists. */
export const LIST_METHODS: readonly LibraryFunction[] = [
  {
    name: 'map',
    on: 'list',
    params: [{ name: 'change', kind: 'arrow', returns: 'any' }],
    gives: 'list',
    doc: 'What the function makes of each item, in order.',
    examples: [['[1, 2].map(n => n * 2)', [2, 4]]],
    infer: (_items, [change]) => listOf(change?.type ?? UNKNOWN),
    evaluate: (call) => list(call.self).map((item) => apply(call, item)),
  },
  {
    name: 'filter',
    on: 'list',
    params: [TEST],
    gives: 'list',
    doc: 'The items for which the function gives true.',
    examples: [['[1, 2, 3].filter(n => n > 1)', [2, 3]]],
    infer: listOf,
    evaluate: (call) => list(call.self).filter((item) => apply(call, item) === true),
  },
  {
    name: 'find',
    on: 'list',
    params: [TEST],
    gives: 'item, which may be absent',
    doc: 'The first item for which the function gives true.',
    examples: [['[1, 2, 3].find(n => n > 1) ?? 0', 2]],
    infer: (items) => unionOf([items, ABSENT]),
    evaluate: (call) => list(call.self).find((item) => apply(call, item) === true),
  },
  {
    name: 'some',
    on: 'list',
    params: [TEST],
    gives: 'boolean',
    doc: 'Whether the function gives true for at least one item.',
    examples: [['[1, 2].some(n => n > 1)', true]],
    infer: boolean,
    evaluate: (call) => list(call.self).some((item) => apply(call, item) === true),
  },
  {
    name: 'every',
    on: 'list',
    params: [TEST],
    gives: 'boolean',
    doc: 'Whether the function gives true for all items.',
    examples: [['[1, 2].every(n => n > 1)', false]],
    infer: boolean,
    evaluate: (call) => list(call.self).every((item) => apply(call, item) === true),
  },
  {
    name: 'includes',
    on: 'list',
    params: [param('value', UNKNOWN)],
    gives: 'boolean',
    doc: 'Whether an item is this text, number, boolean or null.',
    examples: [["['a', 'b'].includes('b')", true]],
    infer: boolean,
    evaluate: ({ self, args: [value] }) => list(self).some((item) => same(item, value)),
  },
  {
    name: 'join',
    on: 'list',
    params: [param('separator', STRING)],
    gives: 'text',
    doc: 'The texts, numbers and booleans of the list as one text.',
    examples: [["['a', 1].join('-')", 'a-1']],
    infer: () => STRING,
    evaluate: ({ self, args: [separator], fail }) =>
      list(self)
        .map((item) => textual(item) ?? fail('an item cannot stand in a text'))
        .join(text(separator)),
  },
  {
    name: 'slice',
    on: 'list',
    params: [param('start', INTEGER), param('end', INTEGER, { optional: true })],
    gives: 'list',
    doc: 'The items from `start` up to `end`, or to the end; negative places count from the end.',
    examples: [['[1, 2, 3].slice(-2)', [2, 3]]],
    infer: listOf,
    evaluate: ({ self, args: [start, end] }) => list(self).slice(number(start), number(end, list(self).length)),
  },
  {
    name: 'concat',
    on: 'list',
    params: [param('other', listOf(UNKNOWN))],
    gives: 'list',
    doc: 'The items of both lists.',
    examples: [['[1].concat([2, 3])', [1, 2, 3]]],
    infer: (items, [other]) => listOf(unionOf([items, ...itemsOf(other?.type)])),
    evaluate: ({ self, args: [other] }) => [...list(self), ...list(other)],
  },
  {
    name: 'flatten',
    on: 'list',
    params: [],
    gives: 'list',
    doc: 'The items of the lists in the list; an item that is no list stays.',
    examples: [['[[1], [2, 3]].flatten()', [1, 2, 3]]],
    infer: (items) => listOf(unionOf(membersOf(items).map((item) => (item.kind === 'array' ? itemOf(item) : item)))),
    evaluate: ({ self }) => list(self).flat(),
  },
  {
    name: 'unique',
    on: 'list',
    params: [],
    gives: 'list',
    doc: 'Each value once, where it stands first; objects and lists are the same where their JSON is.',
    examples: [["['a', 'b', 'a'].unique()", ['a', 'b']]],
    infer: listOf,
    evaluate: ({ self, work }) => {
      const seen = new Set<string>();
      return list(self).filter((item) => {
        const name = JSON.stringify(item);
        work(Math.ceil(name.length / 64));
        return !seen.has(name) && seen.add(name) !== undefined;
      });
    },
  },
  {
    name: 'chunk',
    on: 'list',
    params: [param('size', INTEGER)],
    gives: 'list of lists',
    doc: 'The items in lists of so many; the last may be shorter.',
    examples: [['[1, 2, 3].chunk(2)', [[1, 2], [3]]]],
    infer: (items) => listOf({ kind: 'array', items, minItems: 1 }),
    evaluate({ self, args: [size], fail }) {
      const most = number(size);
      if (most < 1) fail('the size must be at least 1');
      const items = list(self);
      return Array.from({ length: Math.ceil(items.length / most) }, (_, index) =>
        items.slice(index * most, (index + 1) * most),
      );
    },
  },
  {
    name: 'sum',
    on: 'list',
    params: [],
    gives: 'number',
    doc: 'The sum of the numbers of the list; 0 of none. Amounts of money: in minor units, which are whole.',
    examples: [['[1, 2, 3].sum()', 6]],
    infer: (items) => ({
      kind: 'number',
      integer: membersOf(items).every((item) => item.kind === 'number' && item.integer),
    }),
    evaluate: ({ self, fail }) => {
      let sum = 0;
      for (const item of list(self)) sum += typeof item === 'number' ? item : fail('an item is no number');
      return Number.isFinite(sum) ? sum : fail('the sum is too large');
    },
  },
  {
    name: 'sort_by',
    on: 'list',
    params: [{ name: 'key', kind: 'arrow', returns: 'any' }],
    gives: 'list',
    doc: 'The items by a text or number of each, smallest first; those with the same keep their order.',
    examples: [['[{ n: 2 }, { n: 1 }].sort_by(item => item.n).map(item => item.n)', [1, 2]]],
    infer: listOf,
    evaluate: (call) => {
      const keyed = list(call.self).map((item) => ({ item, key: apply(call, item) }));
      const kinds = new Set(keyed.map(({ key }) => typeof key));
      const [kind] = kinds;
      if (kinds.size > 1 || (keyed.length > 0 && kind !== 'string' && kind !== 'number'))
        call.fail('the keys must all be texts, or all be numbers');
      return keyed.toSorted((left, right) => compare(left.key, right.key)).map(({ item }) => item);
    },
  },
  {
    name: 'group_by',
    on: 'list',
    params: [{ name: 'key', kind: 'arrow', returns: 'string' }],
    gives: 'object of lists',
    doc: 'The items under the text that the function gives for each.',
    examples: [["['ab', 'c', 'ad'].group_by(word => word.slice(0, 1))", { a: ['ab', 'ad'], c: ['c'] }]],
    infer: (items) => ({
      kind: 'object',
      properties: new Map(),
      additional: { kind: 'array', items, minItems: 1 },
    }),
    evaluate: (call) => {
      const groups = Map.groupBy(list(call.self), (item) => text(apply(call, item)));
      const result: JsonObject = {};
      for (const [key, items] of groups) setProperty(result, key, items);
      return result;
    },
  },
];

/** The types of a list's items, of each list that the type may be. */
function itemsOf(type: Type | undefined): Type[] {
  return membersOf(type ?? UNKNOWN).map((member) => (member.kind === 'array' ? itemOf(member) : UNKNOWN));
}

function apply({ args: [change] }: Call, item: Json): Json {
  return typeof change === 'function' ? change(item) : null;
}

function textual(item: Json): string | undefined {
  if (typeof item === 'string') return item;
  return typeof item === 'number' || typeof item === 'boolean' || item instanceof ExactNumber
    ? String(item)
    : undefined;
}

function same(left: Json, right: Json | Callback | undefined): boolean {
  if (left instanceof ExactNumber) return right instanceof ExactNumber && left.text === right.text;
  return left === right;
}

/** Texts by UTF-16 code units: the same everywhere, which no language's order is. */
function compare(left: Json, right: Json): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return text(left) < text(right) ? -1 : text(left) > text(right) ? 1 : 0;
}
