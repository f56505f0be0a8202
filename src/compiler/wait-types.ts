import type { Wait } from '../generated/automation.ts';
import type { JsonObject } from '../json/value.ts';
import { typeFromSchema } from '../language/schema-type.ts';
import type { Type } from '../language/types.ts';

const DATE_TIME = { type: 'string', format: 'date-time' };

/** What `until` must be. */
export const WAIT_UNTIL: JsonObject = { type: 'object', required: ['until'], properties: { until: DATE_TIME } };

/** The instant at which a wait by the clock was over. */
const WAITED: Type = typeFromSchema({
  type: 'object',
  required: ['until'],
  additionalProperties: false,
  properties: { until: DATE_TIME },
});

const DECISION: Type = typeFromSchema({
  type: 'object',
  required: ['approved', 'by', 'at'],
  additionalProperties: false,
  properties: {
    approved: { type: 'boolean' },
    by: { type: 'string' },
    at: DATE_TIME,
    note: { type: 'string' },
  },
});

/** The output of a step that waits. */
export function outputOfWait({ approval, event }: Wait): Type {
  if (event !== undefined) return typeFromSchema(event.payload);
  return approval === undefined ? WAITED : DECISION;
}
