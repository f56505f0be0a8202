import type { ConnectionSpec } from '../generated/connector.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { compileTemplate } from '../language/evaluate.ts';

/** A connection's fields that are not secret, with the connector's defaults. */
export function fieldsWithDefaults(spec: ConnectionSpec, given: JsonObject): JsonObject {
  const fields: JsonObject = {};
  for (const [name, field] of Object.entries(spec.fields)) {
    const value: Json | undefined = given[name] ?? field.default;
    if (field.secret !== true && value !== undefined) fields[name] = value;
  }
  return fields;
}

/** The hosts that a connection's credential may be sent to. */
export function hostsOf(spec: ConnectionSpec, fields: JsonObject): string[] {
  const hosts = compileTemplate(spec.hosts)({ connection: fields });
  return Array.isArray(hosts) ? hosts.map(String) : [];
}
