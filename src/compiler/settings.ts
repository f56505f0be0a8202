import { compileSchema, type SchemaCheck } from '../json/schema.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';

/** The settings of a shared automation, as accounts give them and as expressions read them. */
export interface Settings {
  /** What the settings fit, the defaults put in. */
  schema: JsonObject;
  /** Of the properties at the top. */
  defaults: JsonObject;
  check: SchemaCheck;
}

/** Reads the schema of settings. Throws `Error` where it is no valid schema. */
export function readSettings(written: JsonObject): Settings {
  const properties = isJsonObject(written['properties']) ? Object.entries(written['properties']) : [];
  const defaults = Object.fromEntries(
    properties.flatMap(([name, property]): [string, Json][] =>
      isJsonObject(property) && property['default'] !== undefined ? [[name, property['default']]] : [],
    ),
  );
  const required = Array.isArray(written['required']) ? written['required'] : [];
  // A misspelt setting would be lost without a word, so what is not named may not be set.
  const schema = {
    additionalProperties: false,
    ...written,
    required: [...new Set([...required, ...Object.keys(defaults)])],
  };
  return { schema, defaults, check: compileSchema(schema) };
}
