import type { ErrorObject } from 'ajv';
import { isJsonObject, type JsonObject } from './value.ts';

/** One of several kinds of object that a value could be, and how far the value says that it is this one. */
interface Arm {
  errors: ErrorObject[];
  /** Properties whose constant the value has, and those of which it has another one. */
  matched: string[];
  mismatched: string[];
}

/**
 * Of a value that says by a constant (`"type": "bearer"`) which arm of a choice it is: the errors without those of the other
 * arms. Of one that names no arm, only that is left. Known only where the validator is `verbose`.
 */
export function withoutOtherArms(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const dropped = new Set(errors.filter((error) => error.keyword === 'type' && isOfSomeKind(error, errors)));
  const drop = (error: ErrorObject): void => void dropped.add(error);
  for (const [pointer, found] of Map.groupBy(errors, ({ instancePath }) => instancePath)) {
    const arms = armsOf(found);
    const tags = new Set(arms.flatMap(({ mismatched }) => mismatched));
    if (arms.length < 2 || tags.size === 0) continue;
    const most = Math.max(...arms.map(({ matched }) => matched.length));
    const best = arms.filter(({ matched }) => matched.length === most);
    const constants = errors.filter((error) => error.keyword === 'const' && isTagAt(error, pointer, tags));
    // An arm of which only what is within it is wrong, is not among those found.
    const isChosen = best.some(({ mismatched }) => mismatched.length === 0) || constants.length < armCount(found);
    const told = new Set(isChosen ? [] : best.flatMap(({ mismatched }) => mismatched));
    for (const arm of arms) if (arm.mismatched.length > 0 || !best.includes(arm)) arm.errors.forEach(drop);
    constants.filter((error) => !isTagAt(error, pointer, told)).forEach(drop);
  }
  return dropped.size === 0 ? errors : errors.filter((error) => !dropped.has(error));
}

/** Whether the value is of the kind of another arm: one whose properties or items were looked at. */
function isOfSomeKind({ instancePath }: ErrorObject, errors: readonly ErrorObject[]): boolean {
  const at = errors.filter((error) => error.instancePath === instancePath);
  if (!at.some(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf')) return false;
  return at.some(isOfObject) || errors.some((error) => error.instancePath.startsWith(`${instancePath}/`));
}

function isOfObject({ keyword }: ErrorObject): boolean {
  return OBJECT_KEYWORDS.has(keyword);
}

const OBJECT_KEYWORDS = new Set(['required', 'additionalProperties', 'minProperties']);

function isTagAt({ instancePath }: ErrorObject, pointer: string, tags: ReadonlySet<string>): boolean {
  return [...tags].some((tag) => instancePath === `${pointer}/${tag}`);
}

/** How many arms the choice has. */
function armCount(errors: readonly ErrorObject[]): number {
  const choices = errors.map(({ keyword, schema }) =>
    keyword === 'oneOf' && Array.isArray(schema) ? schema.length : 0,
  );
  return Math.max(0, ...choices);
}

/** The arms whose errors are of the object itself: what it lacks, and what it has too much. */
function armsOf(errors: readonly ErrorObject[]): Arm[] {
  const own = errors.filter(isOfObject);
  return [...Map.groupBy(own, ({ parentSchema }) => parentSchema)].map(([schema, ofArm]) => {
    const value: unknown = ofArm[0]?.data;
    const tags = isJsonObject(value) ? tagsOf(schema?.['properties'], value) : [];
    const matched = tags.filter(({ isSame }) => isSame).map(({ name }) => name);
    const mismatched = tags.filter(({ isSame }) => !isSame).map(({ name }) => name);
    return { errors: ofArm, matched, mismatched };
  });
}

/** The constants of an arm that the value has too, as the arm has them or not. */
function tagsOf(properties: unknown, value: JsonObject): { name: string; isSame: boolean }[] {
  if (!isJsonObject(properties)) return [];
  return Object.entries(properties).flatMap(([name, schema]) =>
    isJsonObject(schema) && schema['const'] !== undefined && Object.hasOwn(value, name)
      ? [{ name, isSame: schema['const'] === value[name] }]
      : [],
  );
}
