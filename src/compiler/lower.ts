import { authOf, authWays } from '../connectors/auth-way.ts';
import { fieldsWithDefaults, requiredSecrets } from '../connectors/connection-fields.ts';
import type { AccountConnection } from '../generated/account.ts';
import type { Concurrency, Trigger, Webhook } from '../generated/automation.ts';
import type { Action, ConnectionSpec, Connector, EventWebhook, Poll } from '../generated/connector.ts';
import type {
  Plan,
  PlanAction,
  PlanConnection,
  PlanConnector,
  PlanTable,
  PlanTrigger,
  PlanVerify,
} from '../generated/plan.ts';
import type { JsonObject } from '../json/value.ts';
import type { CheckedAutomation } from './check-automation.ts';
import type { ResolvedTrigger } from './checks/connector-trigger.ts';
import type { ResolvedVerify } from './checks/webhook-verify.ts';
import type { Table } from '../workspace/table.ts';
import { secretPath } from '../workspace/workspace.ts';
import { callsPerRun } from './calls-per-run.ts';
import { hostsOf } from './connection-hosts.ts';
import { connectionsOf, type AccountConnections, type AccountContext } from './context.ts';
import { DEFAULT_DEADLINE, milliseconds } from '../plan/duration.ts';
import { lowerMappings } from './lower-mappings.ts';
import { lowerSteps } from './lower-steps.ts';
import { ACCOUNT_DEFAULTS } from './scope.ts';
import { sharedFields } from './shared-credentials.ts';

/** What was found in the account of what an automation names. */
export interface FoundInAccount extends AccountConnections {
  verify: ResolvedVerify | undefined;
  /** The tables that it reads, by name. */
  tables: ReadonlyMap<string, Table>;
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
    ...lowerConcurrency(automation.value.concurrency),
    steps: lowerSteps(checked.steps, { checked, connections: found.steps, digestOf, timezone }),
    ...(automation.value.output === undefined
      ? {}
      : { output: automation.value.output, output_mappings: lowerMappings(flow.output) }),
    connections: lowerConnections(context, found),
    ...(found.tables.size === 0 ? {} : { tables: lowerTables(found.tables) }),
    connectors: lowerConnectors(checked),
  };
}

function lowerConcurrency(given: Concurrency | undefined): Pick<Plan, 'concurrency'> {
  if (given === undefined) return {};
  const { key, limit = 1, policy = 'queue' } = given;
  return { concurrency: { ...(key === undefined ? {} : { key }), limit, policy } };
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
  const { poll, webhook: sent } = trigger?.trigger ?? {};
  if (trigger !== undefined && poll !== undefined) return lowerPoll(given, trigger, poll, found.trigger);
  if (trigger !== undefined && sent !== undefined && found.verify !== undefined)
    return lowerEvent(given, trigger, sent, found.verify);
  return { kind: 'manual', ...manual };
}

function lowerWebhook(webhook: Webhook, verify: ResolvedVerify | undefined): PlanTrigger {
  const { deadline = DEFAULT_DEADLINE, respond = 'accepted', ...asked } = webhook;
  return {
    kind: 'webhook',
    ...asked,
    verify: verify === undefined ? 'none' : lowerVerify(verify),
    respond,
    ...(respond === 'finished' ? { deadline_ms: milliseconds(deadline) } : {}),
  };
}

function lowerPoll(
  given: Trigger,
  { trigger, mappings }: ResolvedTrigger,
  poll: Poll,
  connection: string | undefined,
): PlanTrigger {
  const { on = '', every, first = 'from_now', with: input = {} } = given;
  return {
    kind: 'poll',
    on,
    ...(connection === undefined ? {} : { connection }),
    with: input,
    mappings: lowerMappings(mappings),
    every_ms: milliseconds(every ?? poll.every ?? DEFAULT_EVERY),
    first,
    poll,
    output: trigger.output,
  };
}

function lowerEvent(
  { on = '', with: input = {} }: Trigger,
  { connector, trigger, mappings }: ResolvedTrigger,
  webhook: EventWebhook,
  verify: ResolvedVerify,
): PlanTrigger {
  const { subscription: name } = webhook;
  const subscription = name === undefined ? undefined : connector.subscriptions?.[name];
  return {
    kind: 'event',
    on,
    verify: lowerVerify(verify),
    with: input,
    mappings: lowerMappings(mappings),
    webhook,
    ...(subscription === undefined ? {} : { subscription }),
    output: trigger.output,
  };
}

function lowerVerify({ name, connection, scheme }: ResolvedVerify): PlanVerify {
  return { name, connection, scheme };
}

const DEFAULT_EVERY = '5m';

function lowerConnections(
  context: AccountContext,
  { steps, trigger, verify }: FoundInAccount,
): { [name: string]: PlanConnection } {
  const { account, checked } = context;
  const users = [
    ...[...steps].map(([node, name]) => ({ ...checked.actions.get(node), name })),
    ...(trigger === undefined ? [] : [{ ...checked.trigger, name: trigger }]),
    ...(verify === undefined ? [] : [{ ...verify, name: verify.connection }]),
  ];
  const used: { [name: string]: PlanConnection } = {};
  for (const { name, connector, service } of users) {
    if (service === undefined || connector?.connection === undefined) continue;
    const own = connectionsOf(account)[name];
    const given = own?.fields ?? {};
    const shared = own && sharedCredentialOf(context, name, own);
    const { actions, flow } = checked;
    const calls = callsPerRun(checked.steps, (one) => steps.get(one) === name, actions, flow.bounds);
    const inUse = [
      ...[...steps].flatMap(([node, through]) => (through === name ? [checked.actions.get(node)?.action.scopes] : [])),
      ...(trigger === name ? [checked.trigger?.trigger.scopes] : []),
    ];
    used[name] = {
      ...lowerConnection(service, connector.connection, given),
      ...(shared === undefined ? {} : { shared }),
      ...lowerScopes(connector.connection, fieldsWithDefaults(connector.connection, given), inUse),
      ...(Number.isFinite(calls) ? { calls_per_run: calls } : {}),
    };
  }
  return used;
}

/** The shared credential that the connection has something of; a connection whose own file has all is one like any other. */
function sharedCredentialOf(
  { account, secrets, sharedCredentials }: AccountContext,
  name: string,
  own: AccountConnection,
): string | undefined {
  const inspection = secrets.get(secretPath(account.name, name));
  const sealed = inspection?.ok === true ? inspection.file.fields : [];
  const common = sharedFields(sharedCredentials, own);
  return common.length > 0 && common.every((field) => sealed.includes(field)) ? undefined : own.shared;
}

/** The rights that an automation needs through a connection, where that is one of OAuth 2.0. */
function lowerScopes(
  spec: ConnectionSpec,
  fields: JsonObject,
  inUse: readonly (readonly string[] | undefined)[],
): Pick<PlanConnection, 'scopes'> {
  const auth = authOf(spec, fields);
  if (auth?.type !== 'oauth2') return {};
  return { scopes: [...new Set([auth.scopes ?? [], ...inUse.map((scopes) => scopes ?? [])].flat())].toSorted() };
}

/** A connection as calls use it, from the fields that stand in account.json. */
export function lowerConnection(connector: string, spec: ConnectionSpec, given: JsonObject): PlanConnection {
  const fields = fieldsWithDefaults(spec, given);
  return { connector, fields, hosts: hostsOf(spec, fields), secrets: requiredSecrets(spec, fields) };
}

function lowerTables(tables: ReadonlyMap<string, Table>): { [name: string]: PlanTable } {
  const entries = [...tables].map(([name, { columns, rows }]): [string, PlanTable] => {
    return [name, { columns: columns.map((column) => column.name), rows }];
  });
  return Object.fromEntries(entries);
}

function lowerConnectors({ actions, trigger }: CheckedAutomation): { [name: string]: PlanConnector } {
  const used: { [name: string]: PlanConnector } = {};
  for (const { service, connector } of [...actions.values(), ...(trigger === undefined ? [] : [trigger])])
    used[service] ??= lowerConnector(connector);
  for (const { service, connector, name, action } of actions.values()) {
    const entry = used[service];
    // As the connector has it: steps that read different tables share it.
    if (entry !== undefined) entry.actions[name] = lowerAction(connector.actions[name] ?? action);
  }
  return used;
}

/** The parts of a connector that calls need; its actions come one by one. */
export function lowerConnector({ title, version, connection, answers, limits }: Connector): PlanConnector {
  const kept: PlanConnector = { title, version, actions: {} };
  if (connection !== undefined) {
    // People test connections; runs do not. Where people consent at the runner, it says whose account it is.
    const { test, ...spec } = connection;
    const consents = authWays(connection).some((auth) => auth.type === 'oauth2' && auth.grant === 'authorization_code');
    kept.connection = test !== undefined && consents ? { ...spec, test } : spec;
  }
  if (answers !== undefined) kept.answers = answers;
  if (limits !== undefined) kept.limits = limits;
  return kept;
}

export function lowerAction(action: Action): PlanAction {
  const { effect, input, output, before, request, response, pagination, idempotency, errors, limits, native } = action;
  const kept: PlanAction = { effect, input, output };
  if (before !== undefined) kept.before = before;
  if (request !== undefined) kept.request = request;
  if (response !== undefined) kept.response = response;
  if (pagination !== undefined) kept.pagination = pagination;
  if (idempotency !== undefined) kept.idempotency = idempotency;
  if (errors !== undefined) kept.errors = errors;
  if (limits !== undefined) kept.limits = limits;
  if (native !== undefined) kept.native = native;
  return kept;
}
