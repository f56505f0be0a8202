import type { PointerToken } from '../../json/pointer.ts';
import { isJsonObject, type Json } from '../../json/value.ts';
import type { AutomationContext } from '../context.ts';
import { schemaProblems } from '../schema-problems.ts';

/** The trigger's schemas can be used; the runner compiles them. */
export function checkTriggerSchemas({ automation, report }: AutomationContext): void {
  const { webhook } = automation.value.trigger;
  for (const part of ['body', 'query', 'headers'] as const) {
    const schema = webhook[part];
    for (const { path, message } of schema === undefined ? [] : schemaProblems(schema)) {
      const place = ['trigger', 'webhook', part, ...path];
      const help = 'see https://json-schema.org/understanding-json-schema';
      report(automation.document.diagnostic('WB1007', place, message, { help }));
    }
    if (schema !== undefined) {
      for (const path of untypedObjects(schema, [])) {
        const message =
          '`properties` without `type` also lets texts, numbers and lists through, so nothing is known of the value';
        const help = 'add "type": "object"';
        const place = ['trigger', 'webhook', part, ...path, 'properties'];
        const range = automation.document.rangeOf(place, 'key');
        report(automation.document.diagnostic('WB1009', place, message, { help, range }));
      }
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
