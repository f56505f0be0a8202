import type { Expression } from './expression.ts';
import { intersect } from './intersect.ts';
import { withName } from './names.ts';
import { typeOfConstant } from './schema-type.ts';
import { extendScope, type TypeScope } from './scope.ts';
import { freshSteps } from './steps.ts';
import { ABSENT, NEVER, mapMembers, mayBe, unionOf, without, type ObjectType, type Type } from './types.ts';

/** What a value's type becomes. */
type Refine = (type: Type) => Type;

/** A value that is named by a root and the keys below it, such as `trigger.body.email`. */
interface Place {
  root: string;
  keys: string[];
}

/** The scope where the condition was found to be true, or false: with what that says of the values that it names. */
export function narrow(scope: TypeScope, condition: Expression, truth: boolean): TypeScope {
  switch (condition.kind) {
    case 'unary':
      return condition.operator === '!' ? narrow(scope, condition.operand, !truth) : scope;
    case 'logical':
      return narrowLogical(scope, condition, truth);
    case 'binary':
      return narrowComparison(scope, condition, truth);
    case 'name':
    case 'member':
      return refineAt(scope, condition, (type) => intersect(type, { kind: 'boolean', value: truth }, freshSteps()));
    default:
      return scope;
  }
}

function narrowLogical(
  scope: TypeScope,
  { operator, left, right }: Extract<Expression, { kind: 'logical' }>,
  truth: boolean,
): TypeScope {
  // `a && b` is true where both are; `a || b` is false where both are. Otherwise nobody knows which one decided.
  if (operator !== (truth ? '&&' : '||')) return scope;
  return narrow(narrow(scope, left, truth), right, truth);
}

function narrowComparison(
  scope: TypeScope,
  { operator, left, right }: Extract<Expression, { kind: 'binary' }>,
  truth: boolean,
): TypeScope {
  if (operator !== '===' && operator !== '!==') return scope;
  const equal = truth === (operator === '===');
  const [place, other] = isConstant(left) ? [right, left] : [left, right];
  const constant = constantOf(other);
  if (constant === undefined) return scope;
  return refineAt(scope, place, (type) => (equal ? intersect(type, constant, freshSteps()) : subtract(type, constant)));
}

function isConstant(expression: Expression): boolean {
  return constantOf(expression) !== undefined;
}

/** The type of `null`, `undefined` and of written texts, numbers and booleans. */
function constantOf(expression: Expression): Type | undefined {
  if (expression.kind === 'literal') return typeOfConstant(expression.value);
  return expression.kind === 'name' && expression.name === 'undefined' ? ABSENT : undefined;
}

/** The type without the constant, where it consists of constants. */
function subtract(type: Type, constant: Type): Type {
  return mapMembers(type, (member) => subtractFrom(member, constant));
}

function subtractFrom(member: Type, constant: Type): Type {
  if (member.kind !== constant.kind) return member;
  if (member.kind === 'null' || member.kind === 'absent') return NEVER;
  if (member.kind === 'boolean' && constant.kind === 'boolean' && constant.value !== undefined) {
    if (member.value === undefined) return { ...member, value: !constant.value };
    return member.value === constant.value ? NEVER : member;
  }
  if (member.kind === 'string' && constant.kind === 'string' && member.values !== undefined) {
    const values = member.values.filter((value) => value !== constant.values?.[0]);
    return values.length === 0 ? NEVER : { ...member, values };
  }
  if (member.kind === 'number' && constant.kind === 'number' && member.values !== undefined) {
    const values = member.values.filter((value) => value !== constant.values?.[0]);
    return values.length === 0 ? NEVER : { ...member, values };
  }
  return member;
}

function refineAt(scope: TypeScope, expression: Expression, refine: Refine): TypeScope {
  const place = placeOf(expression);
  if (place === undefined) return scope;
  const { root, keys } = place;
  const [step, ...rest] = keys;
  if (root === 'steps' && scope.steps !== undefined) {
    const output = step === undefined ? undefined : scope.steps.before.get(step);
    if (step === undefined || output === undefined) return scope;
    const before = withName(scope.steps.before, step, refineBelow(output, rest, refine));
    return { ...scope, steps: { ...scope.steps, before } };
  }
  const type = scope.roots.get(root);
  return type === undefined ? scope : extendScope(scope, [[root, refineBelow(type, keys, refine)]]);
}

function placeOf(expression: Expression): Place | undefined {
  if (expression.kind === 'name') return { root: expression.name, keys: [] };
  if (expression.kind !== 'member' || expression.key.kind !== 'literal') return undefined;
  const outer = placeOf(expression.object);
  return outer && { root: outer.root, keys: [...outer.keys, String(expression.key.value)] };
}

/** The type with what lies below those keys refined. An alternative in which nothing is left there goes: it is not this one. */
function refineBelow(type: Type, keys: readonly string[], refine: Refine): Type {
  const [key, ...rest] = keys;
  if (key === undefined) return refine(type);
  return mapMembers(type, (member) => {
    if (member.kind === 'object') return refineProperty(member, key, rest, refine);
    // `x?.y` of a null or absent x is absent.
    const gone = member.kind === 'null' || member.kind === 'absent';
    return gone && refineBelow(ABSENT, rest, refine).kind === 'never' ? NEVER : member;
  });
}

function refineProperty(object: ObjectType, key: string, rest: readonly string[], refine: Refine): Type {
  const property = object.properties.get(key) ?? {
    type: object.additional === false ? NEVER : object.additional,
    required: false,
  };
  const whole = property.required ? property.type : unionOf([property.type, ABSENT]);
  const refined = refineBelow(whole, rest, refine);
  if (refined.kind === 'never') return refined;
  const required = !mayBe(refined, 'absent');
  const properties = new Map(object.properties).set(key, { type: without(refined, 'absent'), required });
  return { ...object, properties };
}
