import type { Trigger } from '../generated/automation.ts';
import type { ConnectionSpec } from '../generated/connector.ts';
import type { Plan, PlanAction, PlanConnection, PlanConnector, PlanTrigger } from '../generated/plan.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { compileTemplate } from '../language/evaluate.ts';
import { connectionsOf, type AccountContext, type ResolvedAction, type StepConnections } from './context.ts';
import { lowerMappings } from './lower-mappings.ts';
import { lowerSteps } from './lower-steps.ts';
import { ACCOUNT_DEFAULTS } from './scope.ts';

/** Makes the plan of an automation that has no error in an account: all defaults filled in, and only what it uses. */
export function lowerAutomation(
  context: AccountContext,
  connections: StepConnections,
  settings: JsonObject | undefined,
): Plan {
  const { account, checked } = context;
  const { automation, actions, flow } = checked;
  const { name, timezone, locale, region, currency } = { ...ACCOUNT_DEFAULTS, ...account.value };
  return {
    format: 1,
    account: account.name,
    automation: context.name,
    name: automation.value.name,
    context: { name, timezone, locale, region, currency },
    ...(automation.shared ? { shared: true } : {}),
    ...(settings === undefined ? {} : { settings }),
    trigger: lowerTrigger(automation.value.trigger, timezone),
    steps: lowerSteps(checked.steps, checked, connections),
    ...(automation.value.output === undefined
      ? {}
      : { output: automation.value.output, output_mappings: lowerMappings(flow.output) }),
    connections: lowerConnections(context, connections),
    connectors: lowerConnectors([...actions.values()]),
  };
}

function lowerTrigger({ webhook, schedule, manual }: Trigger, timezone: string): PlanTrigger {
  if (webhook !== undefined) return { kind: 'webhook', ...webhook, respond: webhook.respond ?? 'accepted' };
  if (schedule !== undefined) return { kind: 'schedule', timezone, ...schedule, missed: schedule.missed ?? 'once' };
  return { kind: 'manual', ...manual };
}

function lowerConnections(
  { account, checked }: AccountContext,
  connections: StepConnections,
): { [name: string]: PlanConnection } {
  const used: { [name: string]: PlanConnection } = {};
  for (const [node, name] of connections) {
    const { connector, service } = checked.actions.get(node) ?? {};
    if (service === undefined || connector?.connection === undefined) continue;
    const fields = fieldsWithDefaults(connector.connection, connectionsOf(account)[name]?.fields ?? {});
    const secrets = Object.entries(connector.connection.fields).flatMap(([field, { secret, required }]) =>
      secret === true && required !== false ? [field] : [],
    );
    used[name] = { connector: service, fields, hosts: hostsOf(connector.connection, fields), secrets };
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
