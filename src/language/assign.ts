import type { PointerToken } from '../json/pointer.ts';
import { numberFits, stringFits } from './intersect.ts';
import { freshSteps, taken, type Steps } from './steps.ts';
import {
  describeType,
  itemAt,
  mayBe,
  without,
  type ArrayType,
  type NumberType,
  type ObjectType,
  type StringType,
  type Type,
} from './types.ts';

/**
 * Whether every value of a type fits a field.
 * - `guarded`: the kinds fit, but a range, length, pattern, format or choice is open: it is checked before the call.
 * - `undecided`: nothing is known of the value.
 */
export type Assignability =
  | { verdict: 'yes' }
  | { verdict: 'guarded'; risk?: FormatRisk }
  | { verdict: 'no' | 'undecided'; path: PointerToken[]; reason: string };

/** A text is given where one of a format is required that reads differently from country to country. */
export interface FormatRisk {
  path: PointerToken[];
  /** Of the source, where it has one. */
  from: string | undefined;
  to: string;
}

/** Formats that a text only has by chance: a text that looks like a date may be another one. */
const RISKY_FORMATS = new Set(['date', 'date-time', 'time', 'phone', 'currency', 'decimal']);

const YES: Assignability = { verdict: 'yes' };
const GUARDED: Assignability = { verdict: 'guarded' };
const MAY_BE_ABSENT: Assignability = { verdict: 'no', path: [], reason: 'it may be absent' };
const MISSING: Assignability = { verdict: 'no', path: [], reason: 'it is required and missing' };
const UNKNOWN_WHETHER_THERE: Assignability = { verdict: 'undecided', path: [], reason: 'it may be absent' };
const NO_SUCH_FIELD: Assignability = { verdict: 'no', path: [], reason: 'there is no such field' };

/**
 * Decides whether what is of type `from` can be given to a field of type `to`. Where the types are so large that more than
 * `steps` would be needed, the rest is guarded.
 */
export function assignable(from: Type, to: Type, steps = freshSteps()): Assignability {
  if (from.kind === 'never') return YES;
  if (!taken(steps)) return GUARDED;
  if (from.kind === 'union') return allOf(from.members, (member) => assignable(member, to, steps));
  // A choice with something that nothing is demanded of takes everything.
  const loose = to.kind === 'union' ? to.members.find(({ kind }) => kind === 'unknown') : to;
  if (loose?.kind === 'unknown')
    return from.kind === 'absent' && !mayBe(to, 'absent') ? MAY_BE_ABSENT : closed(YES, loose);
  if (from.kind === 'unknown') {
    return { verdict: 'undecided', path: [], reason: `nothing is known of it, and ${describeType(to)} is required` };
  }
  if (to.kind === 'union') return assignableToChoice(from, to.members, to, steps);
  if (from.kind === 'absent') return to.kind === 'absent' ? YES : MAY_BE_ABSENT;
  if (from.kind !== to.kind) return mismatch(from, to);
  return closed(decideSameKind(from, to, steps), to);
}

/** One must fit: the best verdict counts; where none fits, the whole choice is named. */
function assignableToChoice(from: Type, arms: readonly Type[], to: Type, steps: Steps): Assignability {
  let best: Assignability | undefined;
  for (const arm of arms) {
    const fit = assignable(from, arm, steps);
    if (fit.verdict === 'yes') return fit;
    if (best === undefined || rank(fit) > rank(best)) best = fit;
  }
  if (best === undefined || best.verdict === 'no') return from.kind === 'absent' ? MAY_BE_ABSENT : mismatch(from, to);
  return best;
}

/** What fits a type whose schema demands more than it says is checked before the call. */
function closed(fit: Assignability, to: Type): Assignability {
  return fit.verdict === 'yes' && to.open === true ? GUARDED : fit;
}

function decideSameKind(from: Type, to: Type, steps: Steps): Assignability {
  if (from.kind === 'number' && to.kind === 'number') return decideNumber(from, to);
  if (from.kind === 'string' && to.kind === 'string') return decideString(from, to);
  if (from.kind === 'array' && to.kind === 'array') return decideArray(from, to, steps);
  if (from.kind === 'object' && to.kind === 'object') return decideObject(from, to, steps);
  if (from.kind === 'boolean' && to.kind === 'boolean' && to.value !== undefined && from.value !== to.value) {
    return from.value === undefined ? GUARDED : mismatch(from, to);
  }
  return YES;
}

function decideNumber(from: NumberType, to: NumberType): Assignability {
  if (from.values !== undefined)
    return decideValues(from.values, to.values, (value) => numberFits(value, to), from, to);
  if (to.values !== undefined || (to.integer && !from.integer)) return GUARDED;
  if (to.multipleOf !== undefined && from.multipleOf !== to.multipleOf) return GUARDED;
  const low = from.minimum ?? from.exclusiveMinimum ?? Number.NEGATIVE_INFINITY;
  const high = from.maximum ?? from.exclusiveMaximum ?? Number.POSITIVE_INFINITY;
  const lowFits =
    low >= (to.minimum ?? Number.NEGATIVE_INFINITY) &&
    (to.exclusiveMinimum === undefined || low > to.exclusiveMinimum || from.exclusiveMinimum === to.exclusiveMinimum);
  const highFits =
    high <= (to.maximum ?? Number.POSITIVE_INFINITY) &&
    (to.exclusiveMaximum === undefined || high < to.exclusiveMaximum || from.exclusiveMaximum === to.exclusiveMaximum);
  return lowFits && highFits ? YES : GUARDED;
}

function decideString(from: StringType, to: StringType): Assignability {
  if (from.values !== undefined)
    return decideValues(from.values, to.values, (value) => stringFits(value, to), from, to);
  if (to.values !== undefined) return GUARDED;
  if (to.format !== undefined && to.format !== from.format && RISKY_FORMATS.has(to.format))
    return { verdict: 'guarded', risk: { path: [], from: from.format, to: to.format } };
  const open =
    (to.format !== undefined && to.format !== from.format) ||
    (to.pattern !== undefined && to.pattern !== from.pattern) ||
    (from.minLength ?? 0) < (to.minLength ?? 0) ||
    (from.maxLength ?? Number.POSITIVE_INFINITY) > (to.maxLength ?? Number.POSITIVE_INFINITY);
  return open ? GUARDED : YES;
}

/** Known values: all fit, none does, or a check must tell. */
function decideValues<Value>(
  values: readonly Value[],
  wanted: readonly Value[] | undefined,
  fits: (value: Value) => boolean | undefined,
  from: Type,
  to: Type,
): Assignability {
  const known = wanted && new Set(wanted);
  const answers = values.map((value) => known?.has(value) !== false && fits(value));
  if (answers.every((answer) => answer === true)) return YES;
  return answers.every((answer) => answer === false) ? mismatch(from, to) : GUARDED;
}

function decideArray(from: ArrayType, to: ArrayType, steps: Steps): Assignability {
  const { minItems: least = 0, maxItems: most = Number.POSITIVE_INFINITY } = from;
  // Each item that has a type of its own on either side, and one for all further ones.
  const own = Math.max(from.prefix?.length ?? 0, to.prefix?.length ?? 0);
  const lengths = least >= (to.minItems ?? 0) && most <= (to.maxItems ?? Number.POSITIVE_INFINITY);
  let fit: Assignability = YES;
  for (let index = 0; index < Math.min(own + 1, most); index++) {
    const wanted = itemAt(to, index);
    const item = assignable(itemAt(from, index), wanted, steps);
    // The list may end before the item that has no place.
    const mayEnd = item.verdict === 'no' && wanted.kind === 'never' && index >= least;
    fit = worse(fit, mayEnd ? GUARDED : within(index, item));
  }
  return worse(fit, lengths ? YES : GUARDED);
}

function decideObject(from: ObjectType, to: ObjectType, steps: Steps): Assignability {
  let fit: Assignability = YES;
  for (const [name, field] of to.properties)
    fit = worse(fit, within(name, decideProperty(from, name, field.type, field.required, steps)));
  for (const [name, property] of from.properties) {
    if (to.properties.has(name) || property.type.kind === 'absent') continue;
    const extra =
      to.additional === false ? NO_SUCH_FIELD : assignable(without(property.type, 'absent'), to.additional, steps);
    fit = worse(fit, within(name, extra));
  }
  // What else the object holds is not known by name.
  if (from.additional === false) return fit;
  return worse(fit, to.additional === false ? GUARDED : decideUndeclared(from.additional, to.additional, steps));
}

function decideProperty(from: ObjectType, name: string, to: Type, required: boolean, steps: Steps): Assignability {
  const property = from.properties.get(name);
  if (property === undefined) {
    if (from.additional === false) return required ? MISSING : YES;
    return required ? UNKNOWN_WHETHER_THERE : decideUndeclared(from.additional, to, steps);
  }
  if (!required) return assignable(without(property.type, 'absent'), to, steps);
  return property.required && !mayBe(property.type, 'absent') ? assignable(property.type, to, steps) : MAY_BE_ABSENT;
}

/** A property that the object may have though nobody declared it: what is not known of it is checked before the call. */
function decideUndeclared(from: Type, to: Type, steps: Steps): Assignability {
  const fit = assignable(from, to, steps);
  return fit.verdict === 'undecided' ? GUARDED : fit;
}

function mismatch(from: Type, to: Type): Assignability {
  return { verdict: 'no', path: [], reason: `${describeType(from)} does not fit ${describeType(to)}` };
}

/** What was decided of a part, seen from the whole: places are made only where there is something to tell. */
function within(token: PointerToken, fit: Assignability): Assignability {
  switch (fit.verdict) {
    case 'yes':
      return fit;
    case 'guarded':
      return fit.risk === undefined ? fit : { ...fit, risk: { ...fit.risk, path: [token, ...fit.risk.path] } };
    default:
      return { ...fit, path: [token, ...fit.path] };
  }
}

const ORDER = { no: 0, undecided: 1, guarded: 3, yes: 4 } as const;

/** The higher, the better. */
function rank(fit: Assignability): number {
  return fit.verdict === 'guarded' && fit.risk !== undefined ? ORDER.guarded - 1 : ORDER[fit.verdict];
}

/** All must fit: the worst verdict counts. */
function allOf(types: readonly Type[], decide: (type: Type) => Assignability): Assignability {
  let fit: Assignability = YES;
  for (const type of types) fit = worse(fit, decide(type));
  return fit;
}

/** Of equally bad ones the first. */
function worse(first: Assignability, second: Assignability): Assignability {
  return rank(second) < rank(first) ? second : first;
}
