import type { Sensitivity, Type } from './types.ts';

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

const known = new WeakMap<Type, { mark: Sensitivity | undefined }>();

/** The strictest mark of the type and of all that its values hold. */
export function sensitivityOf(type: Type): Sensitivity | undefined {
  let found = known.get(type);
  if (found === undefined) {
    found = { mark: innerTypes(type).reduce((mark, inner) => stricter(mark, sensitivityOf(inner)), type.sensitive) };
    known.set(type, found);
  }
  return found.mark;
}

function innerTypes(type: Type): Type[] {
  switch (type.kind) {
    case 'union':
      return type.members;
    case 'array':
      return [...(type.prefix ?? []), type.items];
    case 'object': {
      const named = [...type.properties.values()].map((property) => property.type);
      return type.additional === false ? named : [...named, type.additional];
    }
    default:
      return [];
  }
}
