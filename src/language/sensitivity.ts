import type { ObjectType, Sensitivity, Type } from './types.ts';

/** The stricter of two marks. */
export function stricter(left: Sensitivity | undefined, right: Sensitivity | undefined): Sensitivity | undefined {
  return left === 'secret' || right === 'secret' ? 'secret' : (left ?? right);
}

/** The type, marked at least so, with all that its values hold. */
export function marked(type: Type, mark: Sensitivity | undefined): Type {
  if (mark === undefined || type.kind === 'never' || type.kind === 'absent') return type;
  const strict = stricter(type.sensitive, mark) ?? mark;
  switch (type.kind) {
    case 'union':
      return { ...type, members: type.members.map((member) => marked(member, mark)) };
    case 'array': {
      const prefix = type.prefix?.map((item) => marked(item, mark));
      return { ...type, ...(prefix && { prefix }), items: marked(type.items, mark), sensitive: strict };
    }
    case 'object': {
      const properties = [...type.properties].map(
        ([name, property]) => [name, { ...property, type: marked(property.type, mark) }] as const,
      );
      const additional = type.additional === false ? false : marked(type.additional, mark);
      return { ...type, properties: new Map(properties), additional, sensitive: strict };
    }
    default:
      return { ...type, sensitive: strict };
  }
}

/** Only what objects hold is remembered: they are large, and the same ones are asked for again and again. */
const known = new WeakMap<ObjectType, { mark: Sensitivity | undefined }>();

/** The strictest mark of the type and of all that its values hold. */
export function sensitivityOf(type: Type): Sensitivity | undefined {
  switch (type.kind) {
    case 'union':
      return strictestOf(type.members, type.sensitive);
    case 'array':
      return strictestOf(type.prefix ?? [], stricter(type.sensitive, sensitivityOf(type.items)));
    case 'object':
      return sensitivityOfObject(type);
    default:
      return type.sensitive;
  }
}

function sensitivityOfObject(type: ObjectType): Sensitivity | undefined {
  let found = known.get(type);
  if (found === undefined) {
    const named = [...type.properties.values()].map((property) => property.type);
    const additional = type.additional === false ? undefined : sensitivityOf(type.additional);
    found = { mark: strictestOf(named, stricter(type.sensitive, additional)) };
    known.set(type, found);
  }
  return found.mark;
}

function strictestOf(types: readonly Type[], own: Sensitivity | undefined): Sensitivity | undefined {
  let mark = own;
  for (const type of types) mark = stricter(mark, sensitivityOf(type));
  return mark;
}
