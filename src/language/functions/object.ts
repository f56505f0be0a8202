import { isJsonObject, ownProperty, type Json, type JsonObject } from '../../json/value.ts';
import { setProperty } from '../set-property.ts';
import {
  STRING,
  UNKNOWN,
  itemAt,
  itemOf,
  membersOf,
  unionOf,
  type ObjectType,
  type Property,
  type Type,
} from '../types.ts';
import { list, param, text, type Call, type InferredArgument, type LibraryFunction } from './function.ts';

const OBJECT: ObjectType = { kind: 'object', properties: new Map(), additional: UNKNOWN };
const NAMES = param('names', { kind: 'array', items: STRING });
const ENTRY: ObjectType = {
  kind: 'object',
  properties: new Map([
    ['key', { type: STRING, required: true }],
    ['value', { type: UNKNOWN, required: true }],
  ]),
  additional: UNKNOWN,
};

/** Objects by their properties. */
export const OBJECT_FUNCTIONS: readonly LibraryFunction[] = [
  {
    name: 'object.pick',
    params: [param('object', OBJECT), NAMES],
    gives: 'object',
    doc: 'The object with only those properties.',
    examples: [["object.pick({ a: 1, b: 2 }, ['a'])", { a: 1 }]],
    infer: (_self, [object, names]) => mapObjects(object, (one) => pickType(one, constantNames(names))),
    evaluate: ({ args: [object, names] }) => filterEntries(object, names, true),
  },
  {
    name: 'object.omit',
    params: [param('object', OBJECT), NAMES],
    gives: 'object',
    doc: 'The object without those properties.',
    examples: [["object.omit({ a: 1, b: 2 }, ['a'])", { b: 2 }]],
    infer: (_self, [object, names]) => mapObjects(object, (one) => omitType(one, constantNames(names))),
    evaluate: ({ args: [object, names] }) => filterEntries(object, names, false),
  },
  {
    name: 'object.merge',
    params: [param('object', OBJECT), param('over', OBJECT)],
    gives: 'object',
    doc: 'The properties of both; those of the second take the place of the first.',
    examples: [['object.merge({ a: 1, b: 1 }, { b: 2 })', { a: 1, b: 2 }]],
    infer: (_self, [object, over]) => mapObjects(object, (one) => mapObjects(over, (other) => mergeType(one, other))),
    evaluate({ args }) {
      const result: JsonObject = {};
      for (const object of args) for (const [key, value] of entriesOf(object)) setProperty(result, key, value);
      return result;
    },
  },
  {
    name: 'object.keys',
    params: [param('object', OBJECT)],
    gives: 'list of text',
    doc: 'The names of the properties.',
    examples: [['object.keys({ a: 1, b: 2 })', ['a', 'b']]],
    infer: () => ({ kind: 'array', items: STRING }),
    evaluate: ({ args: [object] }) => entriesOf(object).map(([key]) => key),
  },
  {
    name: 'object.values',
    params: [param('object', OBJECT)],
    gives: 'list',
    doc: 'The values of the properties.',
    examples: [['object.values({ a: 1, b: 2 })', [1, 2]]],
    infer: (_self, [object]) => ({ kind: 'array', items: valueType(object) }),
    evaluate: ({ args: [object] }) => entriesOf(object).map(([, value]) => value),
  },
  {
    name: 'object.entries',
    params: [param('object', OBJECT)],
    gives: 'list of { key, value }',
    doc: 'The properties as a list.',
    examples: [['object.entries({ a: 1 })', [{ key: 'a', value: 1 }]]],
    infer: (_self, [object]) => ({
      kind: 'array',
      items: {
        ...ENTRY,
        additional: false,
        properties: new Map([...ENTRY.properties, ['value', required(valueType(object))]]),
      },
    }),
    evaluate: ({ args: [object] }) => entriesOf(object).map(([key, value]) => ({ key, value })),
  },
  {
    name: 'object.from_entries',
    params: [param('entries', { kind: 'array', items: ENTRY })],
    gives: 'object',
    doc: 'An object of a list of { key, value }; of the same key the last counts.',
    examples: [["object.from_entries([{ key: 'a', value: 1 }])", { a: 1 }]],
    infer: (_self, [entries]) => ({ kind: 'object', properties: new Map(), additional: entryValues(entries) }),
    evaluate({ args: [entries] }) {
      const result: JsonObject = {};
      for (const entry of list(entries)) {
        if (isJsonObject(entry)) setProperty(result, text(ownProperty(entry, 'key')), ownProperty(entry, 'value'));
      }
      return result;
    },
  },
];

function entriesOf(argument: Call['args'][number]): [string, Json][] {
  return isJsonObject(argument) ? Object.entries(argument) : [];
}

function filterEntries(object: Call['args'][number], names: Call['args'][number], kept: boolean): JsonObject {
  const result: JsonObject = {};
  const chosen = new Set(list(names));
  for (const [key, value] of entriesOf(object)) if (chosen.has(key) === kept) setProperty(result, key, value);
  return result;
}

/** The names where each is written out; `undefined` where only a run knows them. */
function constantNames(argument: InferredArgument | undefined): string[] | undefined {
  const type = argument?.type;
  if (type?.kind !== 'array' || type.maxItems === undefined || type.minItems !== type.maxItems) return undefined;
  const names = Array.from({ length: type.maxItems }, (_, index) => {
    const item = itemAt(type, index);
    return item.kind === 'string' && item.values?.length === 1 ? item.values[0] : undefined;
  });
  return names.every((name) => name !== undefined) ? names : undefined;
}

function mapObjects(argument: { type: Type } | undefined, change: (object: ObjectType) => Type): Type {
  return unionOf(membersOf(argument?.type ?? UNKNOWN).map((one) => (one.kind === 'object' ? change(one) : OBJECT)));
}

function pickType(object: ObjectType, names: string[] | undefined): Type {
  if (names === undefined) return optional(object);
  const properties = names.flatMap((name): [string, Property][] => {
    const property = object.properties.get(name);
    if (property !== undefined) return [[name, property]];
    return object.additional === false ? [] : [[name, { type: object.additional, required: false }]];
  });
  return { kind: 'object', properties: new Map(properties), additional: false };
}

function omitType(object: ObjectType, names: string[] | undefined): Type {
  if (names === undefined) return optional(object);
  const properties = new Map([...object.properties].filter(([name]) => !names.includes(name)));
  return { kind: 'object', properties, additional: object.additional };
}

/** The object where any property may have gone. */
function optional(object: ObjectType): ObjectType {
  const properties = [...object.properties].map(([name, { type }]) => [name, { type, required: false }] as const);
  return { kind: 'object', properties: new Map(properties), additional: object.additional };
}

function mergeType(object: ObjectType, over: ObjectType): Type {
  const properties = new Map<string, Property>();
  for (const name of new Set([...object.properties.keys(), ...over.properties.keys()])) {
    const [below, above] = [propertyOf(object, name), propertyOf(over, name)];
    const type = above.required ? above.type : unionOf([below.type, above.type]);
    properties.set(name, { type, required: below.required || above.required });
  }
  const additional = [object.additional, over.additional].filter((type) => type !== false);
  return { kind: 'object', properties, additional: additional.length === 0 ? false : unionOf(additional) };
}

function propertyOf(object: ObjectType, name: string): Property {
  const type: Type = object.additional === false ? { kind: 'never' } : object.additional;
  return object.properties.get(name) ?? { type, required: false };
}

function valueType(argument: { type: Type } | undefined): Type {
  return unionOf(
    membersOf(argument?.type ?? UNKNOWN).flatMap((one) => {
      if (one.kind !== 'object') return [UNKNOWN];
      const named = [...one.properties.values()].map(({ type }) => type);
      return one.additional === false ? named : [...named, one.additional];
    }),
  );
}

function entryValues(argument: InferredArgument | undefined): Type {
  const items = membersOf(argument?.type ?? UNKNOWN).map((one) => (one.kind === 'array' ? itemOf(one) : UNKNOWN));
  return unionOf(
    items
      .flatMap((item) => membersOf(item))
      .map((entry) => (entry.kind === 'object' ? propertyOf(entry, 'value').type : UNKNOWN)),
  );
}

function required(type: Type): Property {
  return { type, required: true };
}
