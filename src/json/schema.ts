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
  // ajv's own keyword: the validator would give a promise, which is never false.
  if ('$async' in validate) throw new Error('`$async` is not part of JSON Schema');
  return (value) => {
    try {
      if (validate(withDoubles(value))) return [];
    } catch (error) {
      // ajv compares objects by calling their own `valueOf` and `toString`, which in JSON can be anything.
      if (error instanceof TypeError) return [INCOMPARABLE];
      if (error instanceof RangeError) return [TOO_DEEP];
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

/** More than any service sends; less than what the stack holds. */
const MAX_DEPTH = 500;
const TOO_DEEP: SchemaIssue = {
  pointer: '',
  keyword: 'maxDepth',
  message: `is nested deeper than ${MAX_DEPTH} levels`,
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
    // What every object inherits, such as `constructor`, is no property of it.
    ownProperties: true,
    verbose: true,
    code: { regExp: linearTime },
  });
  formats.default(instance, { keywords: false });
  // ajv refuses the `id` of old drafts; here it is a keyword that nobody knows.
  instance.removeKeyword('id');
  for (const [name, pattern] of Object.entries(OWN_FORMATS)) instance.addFormat(name, pattern);
  return instance;
}

/**
 * Replaces `ExactNumber` by the nearest double: near enough for types and ranges, and all that ajv knows.
 * Throws `RangeError` where the value is nested too deeply.
 */
function withDoubles(value: Json, depth = 0): Json {
  if (depth > MAX_DEPTH) throw new RangeError();
  if (value instanceof ExactNumber) return Number(value.text);
  if (Array.isArray(value)) return value.some(holdsObject) ? value.map((item) => withDoubles(item, depth + 1)) : value;
  if (!isJsonObject(value)) return value;
  return Object.values(value).some(holdsObject)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withDoubles(item, depth + 1)]))
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
