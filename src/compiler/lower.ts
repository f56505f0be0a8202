import type { ConnectionSpec } from '../generated/connector.ts';
import type { Plan, PlanAction, PlanConnection, PlanConnector, PlanStep } from '../generated/plan.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { compileTemplate } from '../language/evaluate.ts';
import type { CheckedMappings } from './checks/mapping.ts';
import { connectionsOf, type AutomationContext, type ResolvedStep } from './context.ts';
import { ACCOUNT_DEFAULTS } from './scope.ts';

const DEFAULT_TIMEOUT = '2m';
const DEFAULT_ATTEMPTS = 6;
const UNITS: { [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Makes the plan of an automation that has no error: all defaults filled in, and only what it uses. */
export function lowerAutomation(
  context: AutomationContext,
  steps: readonly ResolvedStep[],
  mappings: CheckedMappings,
): Plan {
  const { automation, account } = context;
  const { webhook } = automation.value.trigger;
  const { name, timezone, locale, region, currency } = { ...ACCOUNT_DEFAULTS, ...account.value };
  return {
    format: 1,
    account: automation.account,
    automation: automation.name,
    name: automation.value.name,
    context: { name, timezone, locale, region, currency },
    trigger: {
      webhook: {
        body: webhook.body,
        ...(webhook.query === undefined ? {} : { query: webhook.query }),
        ...(webhook.headers === undefined ? {} : { headers: webhook.headers }),
        verify: webhook.verify,
        respond: webhook.respond ?? 'accepted',
      },
    },
    steps: steps.map((step) => lowerStep(step, mappings)),
    ...(automation.value.output === undefined
      ? {}
      : { output: automation.value.output, output_mappings: mappings.output }),
    connections: lowerConnections(context, steps),
    connectors: lowerConnectors(steps),
  };
}

/** Milliseconds of a duration such as `30s`. */
function milliseconds(duration: string): number {
  const [, count, unit = ''] = /^(\d+)([a-z]+)$/.exec(duration) ?? [];
  return Number(count) * (UNITS[unit] ?? Number.NaN);
}

function lowerStep(
  { step, service, actionName, action, connection }: ResolvedStep,
  mappings: CheckedMappings,
): PlanStep {
  return {
    id: step.id,
    connector: service,
    action: actionName,
    ...(connection === undefined ? {} : { connection }),
    effect: action.effect,
    with: step.with ?? {},
    mappings: mappings.steps.get(step.id) ?? [],
    timeout_ms: milliseconds(step.timeout ?? DEFAULT_TIMEOUT),
    retry: { attempts: step.retry?.attempts ?? DEFAULT_ATTEMPTS },
  };
}

function lowerConnections(
  { account }: AutomationContext,
  steps: readonly ResolvedStep[],
): { [name: string]: PlanConnection } {
  const used: { [name: string]: PlanConnection } = {};
  for (const { connection, connector, service } of steps) {
    if (connection === undefined || connector.connection === undefined) continue;
    const fields = fieldsWithDefaults(connector.connection, connectionsOf(account)[connection]?.fields ?? {});
    const secrets = Object.entries(connector.connection.fields).flatMap(([name, { secret, required }]) =>
      secret === true && required !== false ? [name] : [],
    );
    used[connection] = { connector: service, fields, hosts: hostsOf(connector.connection, fields), secrets };
  }
  return used;
}

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

function lowerConnectors(steps: readonly ResolvedStep[]): { [name: string]: PlanConnector } {
  const used: { [name: string]: PlanConnector } = {};
  for (const { service, connector, actionName, action } of steps) {
    const { title, version, connection } = connector;
    const entry = (used[service] ??= {
      title,
      version,
      ...(connection === undefined ? {} : { connection }),
      actions: {},
    });
    const { effect, input, output, request, response, errors, native } = action;
    const kept: PlanAction = { effect, input, output };
    if (request !== undefined) kept.request = request;
    if (response !== undefined) kept.response = response;
    if (errors !== undefined) kept.errors = errors;
    if (native !== undefined) kept.native = native;
    entry.actions[actionName] = kept;
  }
  return used;
}
