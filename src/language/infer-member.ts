import type { Expression } from './expression.ts';
import type { Inference } from './infer.ts';
import { nearestName } from '../diagnostics/nearest-name.ts';
import type { StepScope, TypeScope } from './scope.ts';
import {
  ABSENT,
  UNKNOWN,
  describeType,
  itemAt,
  itemOf,
  mapMembers,
  mayBe,
  unionOf,
  without,
  type ArrayType,
  type ObjectType,
  type Type,
} from './types.ts';

type Member = Extract<Expression, { kind: 'member' }>;

/** The type of `object.key`, `object[key]` and their `?.` forms. */
export function inferMember(inference: Inference, member: Member, scope: TypeScope): Type {
  if (member.object.kind === 'name' && member.object.name === 'steps' && scope.steps !== undefined) {
    return inferStep(inference, member, scope.steps);
  }
  const base = inference.infer(member.object, scope);
  const missing = mayBe(base, 'absent') || mayBe(base, 'null');
  if (missing && !member.optional) {
    const what = mayBe(base, 'absent') ? 'may be absent' : 'may be null';
    return inference.report('maybe_absent', member.object, `this ${what}`, 'use `?.` to go on only where it is there');
  }
  const present = missing ? without(base, 'absent', 'null') : base;
  const key = keyOf(inference, member, scope);
  const type = mapMembers(present, (one) => memberOf(inference, member, one, key));
  return missing ? unionOf([type, ABSENT]) : type;
}

/** A known name or index; `undefined` for one that only the run knows. */
function keyOf(inference: Inference, member: Member, scope: TypeScope): string | number | undefined {
  if (member.key.kind === 'literal') {
    const { value } = member.key;
    return typeof value === 'string' || typeof value === 'number' ? value : undefined;
  }
  inference.infer(member.key, scope);
  return undefined;
}

function memberOf(inference: Inference, member: Member, base: Type, key: string | number | undefined): Type {
  switch (base.kind) {
    case 'never':
      return base;
    case 'unknown':
      return unionOf([base.sensitive === undefined ? UNKNOWN : { ...UNKNOWN, sensitive: base.sensitive }, ABSENT]);
    case 'object':
      return key === undefined ? anyProperty(base) : propertyOf(inference, member, base, String(key));
    case 'array':
      if (key === 'length') return { kind: 'number', integer: true, minimum: 0 };
      if (typeof key === 'string') return unknownField(inference, member, base, key, ['length']);
      return itemType(base, key);
    case 'string':
      if (key === 'length') return { kind: 'number', integer: true, minimum: 0 };
      return unknownField(inference, member, base, String(key), ['length']);
    default:
      return inference.report('unknown_field', member, `${describeType(base)} has no fields`);
  }
}

function itemType(base: ArrayType, index: number | undefined): Type {
  if (index === undefined || !Number.isInteger(index) || index < 0) return unionOf([itemOf(base), ABSENT]);
  if (index >= (base.maxItems ?? Number.POSITIVE_INFINITY)) return ABSENT;
  const item = itemAt(base, index);
  return index < (base.minItems ?? 0) ? item : unionOf([item, ABSENT]);
}

function propertyOf(inference: Inference, member: Member, base: ObjectType, key: string): Type {
  const property = base.properties.get(key);
  if (property !== undefined) return property.required ? property.type : unionOf([property.type, ABSENT]);
  if (base.additional === false) return unknownField(inference, member, base, key, [...base.properties.keys()]);
  const near = nearestName(key, [...base.properties.keys()]);
  // An open object may hold any field; a name that almost is a declared one is surely a slip.
  if (near !== undefined && !isNextInRow(key, near))
    return unknownField(inference, member, base, key, [...base.properties.keys()]);
  return unionOf([base.additional, ABSENT]);
}

/** `line2` beside `line1` is no slip. */
function isNextInRow(name: string, other: string): boolean {
  return name !== other && name.replaceAll(/\d+/g, '0') === other.replaceAll(/\d+/g, '0');
}

function anyProperty(base: ObjectType): Type {
  const named = [...base.properties.values()].map((property) => property.type);
  return unionOf([...named, ...(base.additional === false ? [] : [base.additional]), ABSENT]);
}

/** Of many steps, the ones that came last are told. */
const MAX_LISTED = 20;

function inferStep(inference: Inference, member: Member, steps: StepScope): Type {
  const id = member.key.kind === 'literal' ? String(member.key.value) : undefined;
  if (id === undefined)
    return inference.report(
      'unknown_step',
      member.key,
      'a step can only be named as it is written',
      'write `steps.<id>`',
    );
  const type = steps.before.get(id);
  if (type !== undefined) return type;
  const hidden = steps.hidden.get(id);
  if (hidden !== undefined)
    return inference.report('hidden_step', member, `the step \`${id}\` cannot be read here`, hidden);
  if (steps.later.includes(id)) {
    return inference.report(
      'later_step',
      member,
      `the step \`${id}\` has not run yet here`,
      'move it before this step',
    );
  }
  const ids = [...steps.before.keys()];
  const near = nearestName(id, ids);
  const known = [...ids.slice(-MAX_LISTED), ...(ids.length > MAX_LISTED ? ['…'] : [])].join(', ');
  const others = known === '' ? 'no step runs before this one' : `steps before this one: ${known}`;
  return inference.report(
    'unknown_step',
    member,
    `there is no step \`${id}\``,
    near === undefined ? others : `did you mean \`steps.${near}\`?`,
  );
}

function unknownField(inference: Inference, member: Member, base: Type, key: string, known: string[]): Type {
  const near = nearestName(key, known);
  const help =
    near === undefined ? (known.length === 0 ? undefined : `it has: ${known.join(', ')}`) : `did you mean \`${near}\`?`;
  return inference.report('unknown_field', member.key, `there is no field \`${key}\` in ${describeType(base)}`, help);
}
