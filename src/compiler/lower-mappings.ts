import type { Mapping } from '../generated/plan.ts';
import { formatPointer } from '../json/pointer.ts';
import { describeType } from '../language/types.ts';
import type { CheckedMapping } from './flow/value-checker.ts';

/** The mappings of a plan, with their types in words. In order of their places: the order of keys in a file says nothing. */
export function lowerMappings(mappings: readonly CheckedMapping[] = []): Mapping[] {
  const lowered = mappings.map(({ path, text, type, target, guarded, accepted, sensitive }) => ({
    to: formatPointer(path),
    from: text,
    type: describeType(type),
    expects: describeType(target),
    ...(guarded ? { guarded } : {}),
    ...(accepted === undefined ? {} : { accepted }),
    ...(sensitive === undefined ? {} : { sensitive }),
  }));
  return lowered.toSorted((left, right) => (left.to < right.to ? -1 : 1));
}
