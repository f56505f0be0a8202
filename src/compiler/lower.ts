import type { Trigger } from '../generated/automation.ts';
import type { ConnectionSpec } from '../generated/connector.ts';
import type { Plan, PlanAction, PlanConnection, PlanConnector, PlanTrigger } from '../generated/plan.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { compileTemplate } from '../language/evaluate.ts';
import { connectionsOf, type AutomationContext, type ResolvedAction, type ResolvedActions } from './context.ts';
import type { CheckedFlow } from './flow/flow.ts';
import { lowerSteps } from './lower-steps.ts';
import { ACCOUNT_DEFAULTS } from './scope.ts';

/** Makes the plan of an automation that has no error: all defaults filled in, and only what it uses. */
export function lowerAutomation(context: AutomationContext, actions: ResolvedActions, flow: CheckedFlow): Plan {
  const { automation, account } = context;
  const { name, timezone, locale, region, currency } = { ...ACCOUNT_DEFAULTS, ...account.value };
  return {
    format: 1,
    account: automation.account,
    automation: automation.name,
    name: automation.value.name,
    context: { name, timezone, locale, region, currency },
    trigger: lowerTrigger(automation.value.trigger, timezone),
    steps: lowerSteps(context.steps, actions, flow),
    ...(automation.value.output === undefined ? {} : { output: automation.value.output, output_mappings: flow.output }),
    connections: lowerConnections(context, [...actions.values()]),
    connectors: lowerConnectors([...actions.values()]),
  };
}

function lowerTrigger({ webhook, schedule, manual }: Trigger, timezone: string): PlanTrigger {
  if (webhook !== undefined) return { kind: 'webhook', ...webhook, respond: webhook.respond ?? 'accepted' };
  if (schedule !== undefined) return { kind: 'schedule', timezone, ...schedule, missed: schedule.missed ?? 'once' };
  return { kind: 'manual', ...manual };
}

function lowerConnections(
  { account }: AutomationContext,
  actions: readonly ResolvedAction[],
): { [name: string]: PlanConnection } {
  const used: { [name: string]: PlanConnection } = {};
  for (const { connection, connector, service } of actions) {
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

function lowerConnectors(actions: readonly ResolvedAction[]): { [name: string]: PlanConnector } {
  const used: { [name: string]: PlanConnector } = {};
  for (const { service, connector, name, action } of actions) {
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
    entry.actions[name] = kept;
  }
  return used;
}
