import { fieldsWithDefaults, requiredSecrets } from '../connectors/connection-fields.ts';
import type { Trigger } from '../generated/automation.ts';
import type { Action, ConnectionSpec, Connector } from '../generated/connector.ts';
import type { Plan, PlanAction, PlanConnection, PlanConnector, PlanTrigger } from '../generated/plan.ts';
import type { JsonObject } from '../json/value.ts';
import { compileTemplate } from '../language/evaluate.ts';
import { callsPerRun } from './calls-per-run.ts';
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
    const given = connectionsOf(account)[name]?.fields ?? {};
    const { steps, actions, flow } = checked;
    const calls = callsPerRun(steps, (one) => connections.get(one) === name, actions, flow.bounds);
    used[name] = {
      ...lowerConnection(service, connector.connection, given),
      ...(Number.isFinite(calls) ? { calls_per_run: calls } : {}),
    };
  }
  return used;
}

/** A connection as calls use it, from the fields that stand in account.json. */
export function lowerConnection(connector: string, spec: ConnectionSpec, given: JsonObject): PlanConnection {
  const fields = fieldsWithDefaults(spec, given);
  return { connector, fields, hosts: hostsOf(spec, fields), secrets: requiredSecrets(spec, fields) };
}

/** The hosts that a connection's credential may be sent to. */
export function hostsOf(spec: ConnectionSpec, fields: JsonObject): string[] {
  const hosts = compileTemplate(spec.hosts)({ connection: fields });
  return Array.isArray(hosts) ? hosts.map(String) : [];
}

function lowerConnectors(actions: readonly ResolvedAction[]): { [name: string]: PlanConnector } {
  const used: { [name: string]: PlanConnector } = {};
  for (const { service, connector, name, action } of actions) {
    (used[service] ??= lowerConnector(connector)).actions[name] = lowerAction(action);
  }
  return used;
}

/** The parts of a connector that calls need; its actions come one by one. */
export function lowerConnector({ title, version, connection, answers, limits }: Connector): PlanConnector {
  const kept: PlanConnector = { title, version, actions: {} };
  if (connection !== undefined) {
    // People test connections; runs do not.
    const { test: _test, ...spec } = connection;
    kept.connection = spec;
  }
  if (answers !== undefined) kept.answers = answers;
  if (limits !== undefined) kept.limits = limits;
  return kept;
}

export function lowerAction(action: Action): PlanAction {
  const { effect, input, output, request, response, pagination, idempotency, errors, limits, native } = action;
  const kept: PlanAction = { effect, input, output };
  if (request !== undefined) kept.request = request;
  if (response !== undefined) kept.response = response;
  if (pagination !== undefined) kept.pagination = pagination;
  if (idempotency !== undefined) kept.idempotency = idempotency;
  if (errors !== undefined) kept.errors = errors;
  if (limits !== undefined) kept.limits = limits;
  if (native !== undefined) kept.native = native;
  return kept;
}
