/**
 * How much work may still go into comparing types. Types of schemas with choices within choices multiply: what cannot be
 * decided within this is left to a check before the call.
 */
export interface Steps {
  left: number;
}

/** Enough for the largest types of real services; it takes a tenth of a second. */
const MAX_STEPS = 300_000;

export function freshSteps(): Steps {
  return { left: MAX_STEPS };
}

/** Takes a step; false where none is left. */
export function taken(steps: Steps): boolean {
  return steps.left-- > 0;
}
