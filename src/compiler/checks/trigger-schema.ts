import type { PointerToken } from '../../json/pointer.ts';
import { isJsonObject, type Json } from '../../json/value.ts';
import type { AutomationContext } from '../context.ts';
import { schemaProblems } from '../schema-problems.ts';
import { triggerSchemas } from '../trigger-schemas.ts';

/** The trigger's schemas can be used; the runner compiles them. */
export function checkTriggerSchemas({ automation, report }: AutomationContext): void {
  for (const { schema, path } of triggerSchemas(automation.value.trigger)) {
    for (const { path: within, message } of schemaProblems(schema)) {
      const help = 'see https://json-schema.org/understanding-json-schema';
      report(automation.document.diagnostic('WB1007', [...path, ...within], message, { help }));
    }
    for (const within of untypedObjects(schema, [])) {
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
function* untypedObjects(schema: Json, path: PointerToken[]): Generator<PointerToken[]> {
  if (!isJsonObject(schema)) return;
  const { properties, items, type, $ref: reference, allOf, anyOf, oneOf } = schema;
  const said = [type, reference, allOf, anyOf, oneOf].some((value) => value !== undefined);
  if (isJsonObject(properties) && !said) yield path;
  for (const [name, inner] of Object.entries(isJsonObject(properties) ? properties : {}))
    yield* untypedObjects(inner, [...path, 'properties', name]);
  if (items !== undefined) yield* untypedObjects(items, [...path, 'items']);
}
