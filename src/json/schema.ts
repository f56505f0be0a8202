import { RE2JS } from 're2js';
import { Ajv2020, formats } from './ajv.ts';
import { ExactNumber, isJsonObject, type Json, type JsonObject } from './value.ts';
import { describeSchemaErrors, type SchemaIssue } from './schema-issue.ts';

/** Checks a value; an empty list means that it fits. */
export type SchemaCheck = (value: Json) => SchemaIssue[];

/**
 * Compiles a JSON Schema (2020-12) as users write them: unknown keywords and formats are ignored, as the standard says,
 * and `pattern` runs on a linear-time engine, because the schema and the value may both come from strangers.
 * Throws `Error` where the schema itself is not valid.
 */
export function compileSchema(schema: JsonObject): SchemaCheck {
  const validate = ajv().compile(schema);
  return (value) => {
    try {
      if (validate(withDoubles(value))) return [];
    } catch (error) {
      // ajv compares objects by calling their own `valueOf` and `toString`, which in JSON can be anything.
      if (error instanceof TypeError) return [INCOMPARABLE];
      throw error;
    }
    return describeSchemaErrors(validate.errors ?? []);
  };
}

/** Formats of connectors that JSON Schema does not know: E.164, ISO 4217, and a decimal number as a text. */
const OWN_FORMATS = { phone: /^\+[1-9]\d{6,14}$/, currency: /^[A-Z]{3}$/, decimal: /^-?\d+(\.\d+)?$/ };

const INCOMPARABLE: SchemaIssue = {
  pointer: '',
  keyword: 'uniqueItems',
  message: 'holds objects with properties named `valueOf` or `toString`, which cannot be compared',
};

function ajv(): Ajv2020 {
  // One instance a schema: ajv keeps every schema that it has seen, and refuses a second one with the same $id.
  const instance = new Ajv2020({
    allErrors: true,
    strict: false,
    // A format that ajv does not know is none of ours to tell on the console.
    logger: false,
    // The schema was checked when its workspace was; ajv would compile the schema of schemas each time.
    meta: false,
    validateSchema: false,
    validateFormats: true,
    verbose: true,
    code: { regExp: linearTime },
  });
  formats.default(instance);
  for (const [name, pattern] of Object.entries(OWN_FORMATS)) instance.addFormat(name, pattern);
  return instance;
}

/** Replaces `ExactNumber` by the nearest double: near enough for types and ranges, and all that ajv knows. */
function withDoubles(value: Json): Json {
  if (value instanceof ExactNumber) return Number(value.text);
  if (Array.isArray(value)) return value.some(holdsObject) ? value.map(withDoubles) : value;
  if (!isJsonObject(value)) return value;
  return Object.values(value).some(holdsObject)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withDoubles(item)]))
    : value;
}

function holdsObject(value: Json): boolean {
  return typeof value === 'object' && value !== null;
}

/** RE2 in the shape that ajv's `code.regExp` option asks for; ajv tells patterns apart by their text form. */
function linearTime(pattern: string, flags: string): { test(text: string): boolean; toString(): string } {
  const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
  return { test: (text) => compiled.matcher(text).find(), toString: () => `/${pattern}/${flags}` };
}
linearTime.code = 'linearTime';
