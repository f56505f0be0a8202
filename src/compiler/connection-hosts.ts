import type { ConnectionSpec } from '../generated/connector.ts';
import type { JsonObject } from '../json/value.ts';
import { compileTemplate } from '../language/evaluate.ts';

/** The hosts that a connection's credential may be sent to. */
export function hostsOf(spec: ConnectionSpec, fields: JsonObject): string[] {
  const hosts = compileTemplate(spec.hosts)({ connection: fields });
  return Array.isArray(hosts) ? hosts.map(String) : [];
}
