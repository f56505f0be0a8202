import type { PointerToken } from '../json/pointer.ts';
import { numberFits, stringFits } from './intersect.ts';
import {
  describeType,
  itemAt,
  mayBe,
  membersOf,
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

/** Decides whether what is of type `from` can be given to a field of type `to`. */
export function assignable(from: Type, to: Type): Assignability {
  return decide(from, to, []);
}

function decide(from: Type, to: Type, path: PointerToken[]): Assignability {
  if (from.kind === 'never') return YES;
  // A choice with something that nothing is demanded of takes everything.
  const loose = membersOf(to).find(({ kind }) => kind === 'unknown');
  if (loose !== undefined && from.kind !== 'union')
    return from.kind === 'absent' && !mayBe(to, 'absent') ? absentProblem(path) : closed(YES, loose);
  if (from.kind === 'union') return worst(from.members.map((member) => decide(member, to, path)));
  if (from.kind === 'unknown') {
    return { verdict: 'undecided', path, reason: `nothing is known of it, and ${describeType(to)} is required` };
  }
  const arms = membersOf(to);
  if (arms.length > 1)
    return best(
      arms.map((arm) => decide(from, arm, path)),
      from,
      to,
      path,
    );
  if (from.kind === 'absent') return mayBe(to, 'absent') ? YES : absentProblem(path);
  if (from.kind !== to.kind) return mismatch(from, to, path);
  return closed(decideSameKind(from, to, path), to);
}

/** What fits a type whose schema demands more than it says is checked before the call. */
function closed(fit: Assignability, to: Type): Assignability {
  return fit.verdict === 'yes' && to.open === true ? GUARDED : fit;
}

function decideSameKind(from: Type, to: Type, path: PointerToken[]): Assignability {
  if (from.kind === 'number' && to.kind === 'number') return decideNumber(from, to, path);
  if (from.kind === 'string' && to.kind === 'string') return decideString(from, to, path);
  if (from.kind === 'array' && to.kind === 'array') return decideArray(from, to, path);
  if (from.kind === 'object' && to.kind === 'object') return decideObject(from, to, path);
  if (from.kind === 'boolean' && to.kind === 'boolean' && to.value !== undefined && from.value !== to.value) {
    return from.value === undefined ? GUARDED : mismatch(from, to, path);
  }
  return YES;
}

function decideNumber(from: NumberType, to: NumberType, path: PointerToken[]): Assignability {
  if (from.values !== undefined) return decideValues(from.values, (value) => numberFits(value, to), from, to, path);
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

function decideString(from: StringType, to: StringType, path: PointerToken[]): Assignability {
  if (from.values !== undefined) return decideValues(from.values, (value) => stringFits(value, to), from, to, path);
  if (to.values !== undefined) return GUARDED;
  if (to.format !== undefined && to.format !== from.format && RISKY_FORMATS.has(to.format))
    return { verdict: 'guarded', risk: { path, from: from.format, to: to.format } };
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
  fits: (value: Value) => boolean | undefined,
  from: Type,
  to: Type,
  path: PointerToken[],
): Assignability {
  const answers = values.map(fits);
  if (answers.every((answer) => answer === true)) return YES;
  return answers.every((answer) => answer === false) ? mismatch(from, to, path) : GUARDED;
}

function decideArray(from: ArrayType, to: ArrayType, path: PointerToken[]): Assignability {
  const { minItems: least = 0, maxItems: most = Number.POSITIVE_INFINITY } = from;
  // Each item that has a type of its own on either side, and one for all further ones.
  const own = Math.max(from.prefix?.length ?? 0, to.prefix?.length ?? 0);
  const items = Array.from({ length: Math.min(own + 1, most) }, (_, index) => {
    const fit = decide(itemAt(from, index), itemAt(to, index), [...path, index]);
    // The list may end before the item that has no place.
    return fit.verdict === 'no' && itemAt(to, index).kind === 'never' && index >= least ? GUARDED : fit;
  });
  const lengths = least >= (to.minItems ?? 0) && most <= (to.maxItems ?? Number.POSITIVE_INFINITY);
  return worst([...items, lengths ? YES : GUARDED]);
}

function decideObject(from: ObjectType, to: ObjectType, path: PointerToken[]): Assignability {
  const results: Assignability[] = [];
  for (const [name, field] of to.properties) {
    results.push(decideProperty(from, name, field.type, field.required, [...path, name]));
  }
  for (const [name, property] of from.properties) {
    if (to.properties.has(name) || property.type.kind === 'absent') continue;
    if (to.additional === false)
      results.push({ verdict: 'no', path: [...path, name], reason: 'there is no such field' });
    else results.push(decide(without(property.type, 'absent'), to.additional, [...path, name]));
  }
  // What else the object holds is not known by name.
  if (from.additional !== false) {
    if (to.additional === false) results.push(GUARDED);
    else results.push(decideUndeclared(from.additional, to.additional, path));
  }
  return worst(results);
}

function decideProperty(
  from: ObjectType,
  name: string,
  to: Type,
  required: boolean,
  path: PointerToken[],
): Assignability {
  const property = from.properties.get(name);
  if (property === undefined) {
    if (from.additional !== false)
      return required
        ? { verdict: 'undecided', path, reason: 'it may be absent' }
        : decideUndeclared(from.additional, to, path);
    return required ? { verdict: 'no', path, reason: 'it is required and missing' } : YES;
  }
  if (!required) return decide(without(property.type, 'absent'), to, path);
  return property.required && !mayBe(property.type, 'absent') ? decide(property.type, to, path) : absentProblem(path);
}

/** A property that the object may have though nobody declared it: what is not known of it is checked before the call. */
function decideUndeclared(from: Type, to: Type, path: PointerToken[]): Assignability {
  const fit = decide(from, to, path);
  return fit.verdict === 'undecided' ? GUARDED : fit;
}

function absentProblem(path: PointerToken[]): Assignability {
  return { verdict: 'no', path, reason: 'it may be absent' };
}

function mismatch(from: Type, to: Type, path: PointerToken[]): Assignability {
  return { verdict: 'no', path, reason: `${describeType(from)} does not fit ${describeType(to)}` };
}

const ORDER = { no: 0, undecided: 1, guarded: 3, yes: 4 } as const;

/** The higher, the better. */
function rank(fit: Assignability): number {
  return fit.verdict === 'guarded' && fit.risk !== undefined ? ORDER.guarded - 1 : ORDER[fit.verdict];
}

/** All must fit: the worst verdict counts. */
function worst(results: readonly Assignability[]): Assignability {
  return results.reduce((least, result) => (rank(result) < rank(least) ? result : least), YES);
}

/** One must fit: the best verdict counts; where none fits, the whole choice is named. */
function best(results: readonly Assignability[], from: Type, to: Type, path: PointerToken[]): Assignability {
  const most = results.reduce((top, result) => (rank(result) > rank(top) ? result : top));
  return most.verdict === 'no' ? (from.kind === 'absent' ? absentProblem(path) : mismatch(from, to, path)) : most;
}
