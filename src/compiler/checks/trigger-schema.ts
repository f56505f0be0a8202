import type { PointerToken } from '../../json/pointer.ts';
import { isJsonObject, type Json } from '../../json/value.ts';
import type { AutomationContext } from '../context.ts';
import { schemaProblems } from '../schema-problems.ts';
import { triggerSchemas } from '../trigger-schemas.ts';

/** The schemas of the trigger and of awaited events can be used; the runner compiles them. */
export function checkTriggerSchemas({ automation, catalog, allSteps, report }: AutomationContext): void {
  const events = allSteps.flatMap(({ step, path }) => {
    const schema = step.wait?.event?.payload;
    return schema === undefined ? [] : [{ schema, path: [...path, 'wait', 'event', 'payload'] }];
  });
  for (const { schema, path } of [...triggerSchemas(automation.value.trigger, catalog), ...events]) {
    if (path === undefined) continue;
    for (const { path: within, message } of schemaProblems(schema)) {
      const help = 'see https://json-schema.org/understanding-json-schema';
      report(automation.document.diagnostic('WB1007', [...path, ...within], message, { help }));
    }
    for (const within of untypedObjects(schema)) {
      const message =
        '`properties` without `type` also lets texts, numbers and lists through, so nothing is known of the value';
      const help = 'add "type": "object"';
      const place = [...path, ...within, 'properties'];
      const range = automation.document.rangeOf(place, 'key');
      report(automation.document.diagnostic('WB1009', place, message, { help, range }));
    }
  }
}

/** Where a schema describes properties and forgets to say that there must be an object. */
function untypedObjects(schema: Json): PointerToken[][] {
  if (!isJsonObject(schema)) return [];
  const { properties, items } = schema;
  const found: PointerToken[][] = [];
  if (isJsonObject(properties)) {
    if (!SAYS_WHAT.some((keyword) => Object.hasOwn(schema, keyword))) found.push([]);
    for (const name of Object.keys(properties))
      for (const path of untypedObjects(properties[name] ?? null)) found.push(['properties', name, ...path]);
  }
  if (items !== undefined) for (const path of untypedObjects(items)) found.push(['items', ...path]);
  return found;
}

const SAYS_WHAT = ['type', '$ref', 'allOf', 'anyOf', 'oneOf'];
