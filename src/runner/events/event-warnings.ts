import type { SchemaCheck } from '../../json/schema.ts';
import type { Json } from '../../json/value.ts';

/** Ways in which an event does not fit that are told. */
const MAX_WARNINGS = 5;

/** In which ways an event is not as its connector says. Services break their own schemas: that is told, and no more. */
export function eventWarnings(check: SchemaCheck, event: Json): { warnings?: string[] } {
  const warnings = check(event)
    .slice(0, MAX_WARNINGS)
    .map(({ pointer, message }) => `the event${pointer.replaceAll('/', '.')} ${message}`);
  return warnings.length === 0 ? {} : { warnings };
}
