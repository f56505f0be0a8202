import type { ConnectionSpec, Field } from '../generated/connector.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { isMet } from './auth-way.ts';

/** A connection's fields that are in use and not secret: in their normal form, with the connector's defaults. */
export function fieldsWithDefaults(spec: ConnectionSpec, given: JsonObject): JsonObject {
  const fields: JsonObject = {};
  for (const [name, field] of Object.entries(spec.fields)) {
    const value: Json | undefined = given[name] ?? field.default;
    if (field.secret !== true && value !== undefined)
      fields[name] = typeof value === 'string' ? bareValue(field, value) : value;
  }
  const inUse = new Set(fieldsInUse(spec, fields).map(([name]) => name));
  return Object.fromEntries(Object.entries(fields).filter(([name]) => inUse.has(name)));
}

/**
 * A text without the spaces around it and without the field's prefix and suffix: people copy them along. Its lines end as
 * files' do, and not as a browser sends them.
 */
export function bareValue({ prefix = '', suffix = '', lines }: Field, text: string): string {
  const start = lines === true ? text.trim().replaceAll('\r\n', '\n') : text.trim();
  const middle = start.startsWith(prefix) ? start.slice(prefix.length) : start;
  return suffix !== '' && middle.endsWith(suffix) ? middle.slice(0, -suffix.length) : middle;
}

/** The fields that belong to a connection with these fields, by name: those whose condition is met. */
export function fieldsInUse(spec: ConnectionSpec, fields: JsonObject): [string, Field][] {
  return Object.entries(spec.fields).filter(([, { when }]) => when === undefined || isMet(when, fields));
}

/** Names of the secret fields that a connection with these fields must have. */
export function requiredSecrets(spec: ConnectionSpec, fields: JsonObject): string[] {
  return fieldsInUse(spec, fields).flatMap(([name, { secret, required }]) =>
    secret === true && required !== false ? [name] : [],
  );
}
