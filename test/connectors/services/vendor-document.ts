import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { isJsonObject, type Json, type JsonObject } from '../../../src/json/value.ts';
import type { Received } from '../local-service.ts';
import { formFields, multipartFields } from './form-fields.ts';

/** A vendor's OpenAPI 3.0 document as its package on npm has it: what it says of requests and answers, as checks. */
export class VendorDocument {
  private readonly document: JsonObject;
  private readonly prefix: string;
  private readonly checks = new Map<Json, ValidateFunction>();

  /** `url` is the document's file; `prefix` is what stands before the document's paths in a request. */
  constructor(url: string, prefix = '') {
    this.document = JSON.parse(readFileSync(fileURLToPath(url), 'utf8')) as JsonObject;
    this.prefix = prefix;
  }

  /**
   * Asserts that a request is one of the operation, such as `GET /users/{id}`, and fits what it takes. `newer` names fields
   * of the body that came after the document.
   */
  assertRequest(operation: string, { method, url, headers, body }: Received, newer: readonly string[] = []): void {
    const [verb = '', template = ''] = operation.split(' ');
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    assert.equal(method, verb);
    assert.match(pathname, pathPattern(this.prefix + template));
    this.assertQuery(operation, formFields(searchParams));
    if (body === '') return;
    const content = this.at(this.operation(operation), 'requestBody', 'content');
    const type = headers['content-type']?.split(';')[0] ?? '';
    const schema = this.at(content, type, 'schema');
    assert.ok(schema !== undefined, `${operation} takes no ${type}, but ${Object.keys(object(content)).join(', ')}`);
    const sent = Object.fromEntries(Object.entries(sentBody(type, body)).filter(([name]) => !newer.includes(name)));
    this.assertKnown(operation, schema, Object.keys(sent));
    this.assertFits(`what ${operation} is sent`, schema, sent, type !== 'application/json');
  }

  /** Asserts that an answer with the status is one that the operation gives. */
  assertAnswer(operation: string, status: number, body: Json): void {
    const responses = object(this.operation(operation)['responses']);
    const answer = this.resolved(responses[status] ?? responses['default']);
    const schema = this.at(answer, 'content', 'application/json', 'schema');
    assert.ok(schema !== undefined, `${operation} never answers ${status} with JSON`);
    this.assertFits(`the answer of ${operation}`, schema, body);
  }

  /** Asserts that a value is as the document's schema of this name says. */
  assertIs(schema: string, value: Json): void {
    const found = this.at(this.document, 'components', 'schemas', schema);
    assert.ok(found !== undefined, `the vendor documents no ${schema}`);
    this.assertFits(`what should be ${schema}`, found, value);
  }

  /** The first example of an answer of the operation. */
  example(operation: string, status: number): Json {
    const json = this.at(this.operation(operation), 'responses', String(status), 'content', 'application/json');
    const [first] = Object.values(object(this.at(json, 'examples')));
    const example = this.at(json, 'example') ?? this.at(first, 'value');
    assert.ok(example !== undefined, `${operation} has no example`);
    return example;
  }

  private operation(operation: string): JsonObject {
    const [verb = '', template = ''] = operation.split(' ');
    const found = this.at(this.document, 'paths', template, verb.toLowerCase());
    assert.ok(found !== undefined, `the vendor documents no ${operation}`);
    return object(found);
  }

  private assertQuery(operation: string, sent: JsonObject): void {
    const [, template = ''] = operation.split(' ');
    const shared = this.at(this.document, 'paths', template, 'parameters');
    const parameters = [...list(shared), ...list(this.operation(operation)['parameters'])]
      .map((parameter) => object(this.resolved(parameter)))
      .filter((parameter) => parameter['in'] === 'query');
    for (const [name, value] of Object.entries(sent)) {
      const parameter = parameters.find((one) => one['name'] === name);
      assert.ok(parameter, `${operation} takes no query parameter ${name}`);
      this.assertFits(`${name} of ${operation}`, parameter['schema'] ?? {}, value, true);
    }
    // Slack's document has the token among the parameters; it goes in the header.
    const required = parameters.flatMap((one) => (one['required'] === true ? [one['name']] : []));
    const missing = required.filter(
      (name) => typeof name === 'string' && name !== 'token' && !Object.hasOwn(sent, name),
    );
    assert.deepEqual(missing, [], `${operation} needs more in its query`);
  }

  /** A name that the vendor does not know would be passed over without a word. */
  private assertKnown(operation: string, schema: Json, names: readonly string[]): void {
    const { properties } = object(this.resolved(schema));
    if (properties === undefined) return;
    for (const name of names) assert.ok(Object.hasOwn(object(properties), name), `${operation} takes no ${name}`);
  }

  /** `texts`: the value's texts may stand for numbers and booleans, as in forms and queries. */
  private assertFits(what: string, schema: Json, value: Json, texts = false): void {
    let check = this.checks.get(schema);
    if (check === undefined) {
      const ajv = new Ajv2020({ strict: false, validateFormats: false, coerceTypes: texts, logger: false });
      check = ajv.compile(this.selfContained(schema));
      this.checks.set(schema, check);
    }
    const fits = check(structuredClone(value));
    assert.ok(fits, `${what}: ${JSON.stringify(check.errors?.slice(0, 3))}`);
  }

  /** The schema with all that it refers to, in the words of JSON Schema 2020-12. */
  private selfContained(schema: Json): JsonObject {
    const definitions: JsonObject = {};
    const convert = (one: Json): Json => {
      if (Array.isArray(one)) return one.map(convert);
      if (!isJsonObject(one)) return one;
      // Stripe: an id, or the object itself where one asks for it. We never do, and whole documents hang on it.
      if (one['x-expansionResources'] !== undefined)
        return { type: one['nullable'] === true ? ['string', 'null'] : 'string' };
      const { $ref: reference, nullable, example: _example, ...rest } = one;
      if (typeof reference === 'string') return { $ref: define(reference) };
      const converted = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, convert(value)]));
      return nullable === true ? { anyOf: [converted, { type: 'null' }] } : converted;
    };
    const define = (reference: string): string => {
      const name = reference.replace(/^#\/components\//, '').replaceAll('/', '.');
      if (!Object.hasOwn(definitions, name)) {
        definitions[name] = {};
        definitions[name] = convert(this.resolved({ $ref: reference }) ?? {});
      }
      return `#/$defs/${name}`;
    };
    return { ...object(convert(schema)), $defs: definitions };
  }

  /** The value below, through references. */
  private at(value: Json | undefined, ...path: string[]): Json | undefined {
    let found = this.resolved(value);
    for (const name of path) found = this.resolved(isJsonObject(found) ? found[name] : undefined);
    return found;
  }

  private resolved(value: Json | undefined): Json | undefined {
    let found = value;
    while (isJsonObject(found) && typeof found['$ref'] === 'string') {
      const names = found['$ref'].slice(2).split('/');
      found = names.reduce<Json | undefined>(
        (within, name) => object(within)[name.replaceAll('~1', '/')],
        this.document,
      );
    }
    return found;
  }
}

function pathPattern(template: string): RegExp {
  const parts = template.split(/\{[^}]*\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  // A file's path in a repository has slashes.
  return new RegExp(`^${parts.join(template.includes('{path}') ? '.+' : '[^/]+')}$`);
}

function sentBody(type: string, body: string): JsonObject {
  if (type === 'application/json') return object(JSON.parse(Buffer.from(body, 'latin1').toString('utf8')) as Json);
  if (type === 'application/x-www-form-urlencoded') return formFields(new URLSearchParams(body));
  return Object.fromEntries(multipartFields(body));
}

function object(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
