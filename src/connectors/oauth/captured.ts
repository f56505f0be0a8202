import type { AuthorizationCodeAuth, PlanConnector } from '../../generated/plan.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { compileTemplate } from '../../language/evaluate.ts';
import { permanent } from '../call-failure.ts';
import { hostAllowed } from '../hosts.ts';

/**
 * What consent tells of the connection. What neither the callback nor the answer has stays as it was: an answer to a
 * refresh need not have it again.
 */
export function capturedValues(
  { captures = {} }: AuthorizationCodeAuth,
  from: { callback?: JsonObject; response?: JsonObject },
  before: JsonObject = {},
): JsonObject {
  const templates = Object.entries(captures).map(([name, { value }]): [string, string] => [name, value]);
  const kept = Object.entries(before).filter(([name]) => Object.hasOwn(captures, name));
  return {
    ...Object.fromEntries(kept),
    ...captured(Object.fromEntries(templates), { callback: {}, response: {}, ...from }),
  };
}

/** The values that there are of these templates. */
export function captured(templates: { [name: string]: string }, roots: JsonObject): JsonObject {
  const found = Object.entries(templates).flatMap(([name, template]) => {
    const value = valueOf(template, roots);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

/**
 * An address that a captured value is in must be one of the hosts. Throws `CallFailure` where it is not: before anything
 * is kept, so that it is told to the person who consents.
 */
export function requireKnownHost(connector: PlanConnector, fields: JsonObject, hosts: readonly string[]): void {
  const { base_url } = connector.connection ?? {};
  const address = base_url === undefined ? undefined : valueOf(base_url, { connection: fields });
  if (address === undefined) return;
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && hostAllowed(url.hostname, hosts)) return;
  throw permanent(
    'host_not_allowed',
    `${connector.title} named ${url?.hostname ?? 'an address'} as the place of the account, which is none of the hosts of its connector`,
    `allowed: ${hosts.join(', ')}`,
  );
}

function valueOf(template: string, roots: JsonObject): Json | undefined {
  try {
    return compileTemplate(template)(roots);
  } catch {
    // Where there is nothing.
    return undefined;
  }
}
