import { isJsonObject, ownProperty, type Json, type JsonObject } from '../json/value.ts';
import { typeFromSchema } from '../language/schema-type.ts';
import { describeType } from '../language/types.ts';

/** A field of an input or an output, for people. */
export interface SchemaField {
  /** As `customer.id` or `items[].id` where it lies deeper; with `?` where it may be absent. */
  name: string;
  type: string;
  /** What may not be seen by everyone. */
  sensitive: string | undefined;
  description: string;
}

/** Characters of a type that can be read at a glance; of a longer one, the parts are fields of their own. */
const READABLE = 60;

/** The fields of a schema, those within others below them. `undefined` where it says nothing of fields. */
export function schemaFields(schema: JsonObject): SchemaField[] | undefined {
  return isJsonObject(schema['properties']) ? [...fieldsOf(schema, '')] : undefined;
}

function* fieldsOf({ properties, required }: JsonObject, before: string): Generator<SchemaField> {
  for (const [name, field] of Object.entries(isJsonObject(properties) ? properties : {})) {
    const schema = isJsonObject(field) ? field : {};
    const whole = describeType(typeFromSchema(schema));
    const parts = whole.length > READABLE ? partsOf(schema) : undefined;
    const optional = Array.isArray(required) && required.includes(name) ? '' : '?';
    const { description, 'x-sensitive': sensitive } = schema;
    yield {
      name: `${before}${name}${optional}`,
      type: parts?.type ?? whole,
      sensitive: typeof sensitive === 'string' ? sensitive : undefined,
      description: typeof description === 'string' ? description : '',
    };
    if (parts !== undefined) yield* fieldsOf(parts.schema, `${before}${name}${parts.list ? '[]' : ''}.`);
  }
}

/** The object that has the parts of a field, and the field's type without them. */
function partsOf(schema: JsonObject): { schema: JsonObject; type: string; list: boolean } | undefined {
  const items = ownProperty(schema, 'items');
  const list = isJsonObject(items) && isJsonObject(items['properties']);
  const inner: Json | undefined = list ? items : schema;
  if (!isJsonObject(inner) || !isJsonObject(inner['properties'])) return undefined;
  const { type } = schema;
  const nullable = Array.isArray(type) && type.includes('null') ? ' | null' : '';
  return { schema: inner, type: `${list ? 'array of object' : 'object'}${nullable}`, list };
}
