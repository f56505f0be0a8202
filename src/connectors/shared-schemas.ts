import type { Connector } from '../generated/connector.ts';
import { isJsonObject, ownProperty, type Json, type JsonObject } from '../json/value.ts';

const SHARED = '#/$defs/';

/**
 * The connector with its shared schemas where its inputs and outputs refer to them: each action then stands by itself. What
 * stands beside a reference is kept. A reference that leads nowhere, or back to itself, stays.
 */
export function withSharedSchemas(connector: Connector): Connector {
  const { $defs: shared, ...others } = connector;
  if (shared === undefined) return connector;
  const filled = <Part extends { input?: JsonObject; output: JsonObject }>(part: Part): Part => ({
    ...part,
    ...(part.input === undefined ? {} : { input: fillIn(part.input, shared) }),
    output: fillIn(part.output, shared),
  });
  const { actions, triggers } = others;
  return {
    ...others,
    actions: mapValues(actions, filled),
    ...(triggers === undefined ? {} : { triggers: mapValues(triggers, filled) }),
  };
}

/** A schema with definitions of its own is left as it is: its references mean those. */
function fillIn(schema: JsonObject, shared: { [name: string]: JsonObject }): JsonObject {
  if (schema['$defs'] !== undefined) return schema;
  const fill = (value: Json, within: readonly string[]): Json => {
    if (Array.isArray(value)) return value.map((item) => fill(item, within));
    if (!isJsonObject(value)) return value;
    const { $ref: reference, ...beside } = value;
    const name =
      typeof reference === 'string' && reference.startsWith(SHARED) ? reference.slice(SHARED.length) : undefined;
    const known = name === undefined || within.includes(name) ? undefined : ownProperty(shared, name);
    if (name === undefined || known === undefined) return mapValues(value, (item) => fill(item, within));
    const filled = fill(known, [...within, name]);
    return { ...(isJsonObject(filled) ? filled : {}), ...mapValues(beside, (item) => fill(item, within)) };
  };
  const filled = fill(schema, []);
  return isJsonObject(filled) ? filled : schema;
}

function mapValues<From, To>(values: { [name: string]: From }, change: (value: From) => To): { [name: string]: To } {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
