import { ExactNumber, type Json } from '../../json/value.ts';
import { ABSENT, BOOLEAN, STRING, UNKNOWN, unionOf, type Type } from '../types.ts';
import type { Callback, InferredArgument, ListMethod } from './method.ts';

const CONDITION = [{ kind: 'arrow', returns: 'boolean' }] as const;

/** The methods of lists. */
export const LIST_METHODS: readonly ListMethod[] = [
  {
    name: 'map',
    on: 'array',
    signature: 'list.map(item => value): array',
    doc: 'What the function makes of each item, in order.',
    params: [{ kind: 'arrow', returns: 'any' }],
    infer: (items, [change]) => ({ kind: 'array', items: resultOf(change, items) }),
    evaluate: (list, [change]) => list.map((item) => call(change, item) ?? null),
  },
  {
    name: 'filter',
    on: 'array',
    signature: 'list.filter(item => boolean): array',
    doc: 'The items for which the function gives true.',
    params: CONDITION,
    infer: (items) => ({ kind: 'array', items }),
    evaluate: (list, [test]) => list.filter((item) => call(test, item) === true),
  },
  {
    name: 'find',
    on: 'array',
    signature: 'list.find(item => boolean): item, which may be absent',
    doc: 'The first item for which the function gives true.',
    params: CONDITION,
    infer: (items) => unionOf([items, ABSENT]),
    evaluate: (list, [test]) => list.find((item) => call(test, item) === true),
  },
  {
    name: 'some',
    on: 'array',
    signature: 'list.some(item => boolean): boolean',
    doc: 'Whether the function gives true for at least one item.',
    params: CONDITION,
    infer: () => BOOLEAN,
    evaluate: (list, [test]) => list.some((item) => call(test, item) === true),
  },
  {
    name: 'every',
    on: 'array',
    signature: 'list.every(item => boolean): boolean',
    doc: 'Whether the function gives true for all items.',
    params: CONDITION,
    infer: () => BOOLEAN,
    evaluate: (list, [test]) => list.every((item) => call(test, item) === true),
  },
  {
    name: 'includes',
    on: 'array',
    signature: 'list.includes(value): boolean',
    doc: 'Whether an item is this text, number, boolean or null.',
    params: [{ kind: 'value', type: UNKNOWN }],
    infer: () => BOOLEAN,
    evaluate: (list, [value]) => list.some((item) => sameScalar(item, value)),
  },
  {
    name: 'join',
    on: 'array',
    signature: 'list.join(separator: string): string',
    doc: 'The texts, numbers and booleans of the list as one text.',
    params: [{ kind: 'value', type: STRING }],
    infer: () => STRING,
    evaluate: (list, [separator]) => list.map(String).join(typeof separator === 'string' ? separator : ''),
  },
];

function resultOf(argument: InferredArgument | undefined, items: Type): Type {
  return argument?.kind === 'arrow' ? argument.result(items) : UNKNOWN;
}

function call(argument: Json | Callback | undefined, item: Json): Json | undefined {
  return typeof argument === 'function' ? argument(item) : undefined;
}

function sameScalar(left: Json, right: Json | Callback | undefined): boolean {
  if (left instanceof ExactNumber) return right instanceof ExactNumber && left.text === right.text;
  return left === right;
}
