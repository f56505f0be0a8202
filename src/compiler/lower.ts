import type { Trigger, Webhook } from '../generated/automation.ts';
import type { Plan, PlanAction, PlanConnection, PlanConnector, PlanTrigger } from '../generated/plan.ts';
import type { JsonObject } from '../json/value.ts';
import type { CheckedAutomation } from './check-automation.ts';
import type { ResolvedTrigger } from './checks/connector-trigger.ts';
import type { ResolvedVerify } from './checks/webhook-verify.ts';
import { fieldsWithDefaults, hostsOf } from './connection-values.ts';
import { connectionsOf, type AccountConnections, type AccountContext } from './context.ts';
import { DEFAULT_DEADLINE, milliseconds } from './duration.ts';
import { lowerMappings } from './lower-mappings.ts';
import { lowerSteps } from './lower-steps.ts';
import { ACCOUNT_DEFAULTS } from './scope.ts';

/** What was found in the account of what an automation names. */
export interface FoundInAccount extends AccountConnections {
  verify: ResolvedVerify | undefined;
}

/** Makes the plan of an automation that has no error in an account: all defaults filled in, and only what it uses. */
export function lowerAutomation(
  context: AccountContext,
  found: FoundInAccount,
  settings: JsonObject | undefined,
  digestOf: (automation: string) => string | undefined,
): Plan {
  const { account, checked } = context;
  const { automation, flow } = checked;
  const { name, timezone, locale, region, currency } = { ...ACCOUNT_DEFAULTS, ...account.value };
  return {
    format: 1,
    account: account.name,
    automation: context.name,
    name: automation.value.name,
    context: { name, timezone, locale, region, currency },
    ...(automation.shared ? { shared: true } : {}),
    ...(settings === undefined ? {} : { settings }),
    trigger: lowerTrigger(checked, timezone, found),
    steps: lowerSteps(checked.steps, { checked, connections: found.steps, digestOf, timezone }),
    ...(automation.value.output === undefined
      ? {}
      : { output: automation.value.output, output_mappings: lowerMappings(flow.output) }),
    connections: lowerConnections(context, found),
    connectors: lowerConnectors(checked),
  };
}

function lowerTrigger(
  { automation, trigger }: CheckedAutomation,
  timezone: string,
  found: FoundInAccount,
): PlanTrigger {
  const given = automation.value.trigger;
  const { webhook, schedule, manual } = given;
  if (webhook !== undefined) return lowerWebhook(webhook, found.verify);
  if (schedule !== undefined) return { kind: 'schedule', timezone, ...schedule, missed: schedule.missed ?? 'once' };
  if (trigger !== undefined) return lowerPoll(given, trigger, found.trigger);
  return { kind: 'manual', ...manual };
}

function lowerWebhook(webhook: Webhook, verify: ResolvedVerify | undefined): PlanTrigger {
  const { deadline = DEFAULT_DEADLINE, respond = 'accepted', ...asked } = webhook;
  return {
    kind: 'webhook',
    ...asked,
    verify: verify === undefined ? 'none' : { name: verify.name, connection: verify.connection, scheme: verify.scheme },
    respond,
    ...(respond === 'finished' ? { deadline_ms: milliseconds(deadline) } : {}),
  };
}

function lowerPoll(
  given: Trigger,
  { trigger, mappings }: ResolvedTrigger,
  connection: string | undefined,
): PlanTrigger {
  const { on = '', every, first = 'from_now', with: input = {} } = given;
  return {
    kind: 'poll',
    on,
    ...(connection === undefined ? {} : { connection }),
    with: input,
    mappings: lowerMappings(mappings),
    every_ms: milliseconds(every ?? trigger.poll.every ?? DEFAULT_EVERY),
    first,
    poll: trigger.poll,
  };
}

const DEFAULT_EVERY = '5m';

function lowerConnections(
  { account, checked }: AccountContext,
  { steps, trigger, verify }: FoundInAccount,
): { [name: string]: PlanConnection } {
  const users = [
    ...[...steps].map(([node, name]) => ({ ...checked.actions.get(node), name })),
    ...(trigger === undefined ? [] : [{ ...checked.trigger, name: trigger }]),
    ...(verify === undefined ? [] : [{ ...verify, name: verify.connection }]),
  ];
  const used: { [name: string]: PlanConnection } = {};
  for (const { name, connector, service } of users) {
    if (service === undefined || connector?.connection === undefined) continue;
    const fields = fieldsWithDefaults(connector.connection, connectionsOf(account)[name]?.fields ?? {});
    const secrets = Object.entries(connector.connection.fields).flatMap(([field, { secret, required }]) =>
      secret === true && required !== false ? [field] : [],
    );
    used[name] = { connector: service, fields, hosts: hostsOf(connector.connection, fields), secrets };
  }
  return used;
}

function lowerConnectors({ actions, trigger }: CheckedAutomation): { [name: string]: PlanConnector } {
  const used: { [name: string]: PlanConnector } = {};
  for (const { service, connector } of [...actions.values(), ...(trigger === undefined ? [] : [trigger])]) {
    const { title, version, connection } = connector;
    used[service] = { title, version, ...(connection === undefined ? {} : { connection }), actions: {} };
  }
  for (const { service, name, action } of actions.values()) {
    const { effect, input, output, request, response, errors, native } = action;
    const kept: PlanAction = { effect, input, output };
    if (request !== undefined) kept.request = request;
    if (response !== undefined) kept.response = response;
    if (errors !== undefined) kept.errors = errors;
    if (native !== undefined) kept.native = native;
    const entry = used[service];
    if (entry !== undefined) entry.actions[name] = kept;
  }
  return used;
}
