import type { Plan } from '../generated/plan.ts';
import { isJsonObject, ownProperty, type Json, type JsonObject } from '../json/value.ts';
import type { NamedPlan } from './digest.ts';
import { listSteps, type ListedStep } from './list-steps.ts';

/** One side of a comparison: what a commit or a folder comes to. */
export interface Side {
  plans: readonly NamedPlan[];
  /** Public keys by account. */
  recipients: ReadonlyMap<string, readonly string[]>;
  /** Automations, as `account/name`, that have an error and so no plan, with the first reason. */
  broken: ReadonlyMap<string, string>;
  /** The workspace's own connectors, as text by name. */
  connectors: ReadonlyMap<string, string>;
}

/** What is different between two commits; all lists in order of account and name. */
export interface Difference {
  /** What a reviewer should see first: who can read secrets, and where they are sent. */
  security: SecurityChange[];
  connectors: ConnectorChange[];
  accounts: AccountChange[];
}

export interface SecurityChange {
  account: string;
  kind: 'recipient_added' | 'recipient_removed' | 'host_added' | 'host_removed';
  /** The public key, or the host. */
  value: string;
  /** Of a host: the automations that send the credential there, and of which connection. */
  connection?: string;
  automations?: string[];
}

export interface ConnectorChange {
  connector: string;
  kind: 'added' | 'removed' | 'changed';
  /** The automations that used it and have no plan any more, as `account/name`. */
  breaks: string[];
}

export interface AccountChange {
  account: string;
  automations: AutomationChange[];
}

export interface AutomationChange {
  automation: string;
  kind: 'added' | 'removed' | 'changed' | 'broken' | 'mended';
  /** Of a broken one: why it has no plan any more. */
  reason?: string;
  /** In words, one a line; of a changed one. */
  changes: Change[];
}

export interface Change {
  /** Where: `trigger`, `step save`, `connector anthropic`, `connection anthropic`, `output`. */
  part: string;
  kind: 'added' | 'removed' | 'changed' | 'moved';
  /** Within the part, as `with.value`. */
  path?: string;
  before?: Json;
  after?: Json;
}

/** Compares what two sides come to. */
export function comparePlans(before: Side, after: Side): Difference {
  const names = new Set([...namesOf(before), ...namesOf(after)]);
  const accounts = new Map<string, AutomationChange[]>();
  for (const name of [...names].toSorted()) {
    const change = compareAutomation(name, before, after);
    const [account = ''] = name.split('/');
    if (change !== undefined) accounts.set(account, [...(accounts.get(account) ?? []), change]);
  }
  return {
    security: [...compareRecipients(before, after), ...compareHosts(before, after)],
    connectors: compareConnectors(before, after),
    accounts: [...accounts].map(([account, automations]) => ({ account, automations })),
  };
}

function namesOf({ plans, broken }: Side): string[] {
  return [...plans.map(({ plan }) => nameOf(plan)), ...broken.keys()];
}

function nameOf({ account, automation }: Plan): string {
  return `${account}/${automation}`;
}

function compareAutomation(name: string, before: Side, after: Side): AutomationChange | undefined {
  const automation = name.slice(name.indexOf('/') + 1);
  const old = before.plans.find(({ plan }) => nameOf(plan) === name);
  const now = after.plans.find(({ plan }) => nameOf(plan) === name);
  const reason = after.broken.get(name);
  if (now === undefined) {
    if (reason !== undefined)
      return old === undefined ? undefined : { automation, kind: 'broken', reason, changes: [] };
    return { automation, kind: 'removed', changes: [] };
  }
  if (old === undefined) return { automation, kind: before.broken.has(name) ? 'mended' : 'added', changes: [] };
  if (old.digest === now.digest) return undefined;
  return { automation, kind: 'changed', changes: changesBetween(old, now) };
}

function changesBetween(before: NamedPlan, after: NamedPlan): Change[] {
  const [old, now] = [partsOf(before), partsOf(after)];
  return [
    ...compareValues('', old.rest, now.rest).map(({ path = '', ...change }): Change => {
      const [part = '', ...inner] = path.split('.');
      return { ...change, part, ...(inner.length === 0 ? {} : { path: inner.join('.') }) };
    }),
    ...compareSteps(listSteps(before.plan.steps), listSteps(after.plan.steps)),
    ...compareNamed('connection', old.connections, now.connections),
    ...compareNamed('connector', old.connectors, now.connectors),
  ];
}

/** The plan as JSON, without what is compared by itself and what only repeats other parts. */
function partsOf({ text }: NamedPlan): { rest: JsonObject; connections: JsonObject; connectors: JsonObject } {
  const plan = JSON.parse(text) as { [part: string]: JsonObject };
  const { connections = {}, connectors = {} } = plan;
  const rest = Object.entries(plan).filter(([part]) => !APART.has(part));
  return { rest: Object.fromEntries(rest), connections, connectors };
}

const APART = new Set(['steps', 'connections', 'connectors', 'output_mappings', 'format']);

function compareSteps(before: readonly ListedStep[], after: readonly ListedStep[]): Change[] {
  const changes: Change[] = [];
  const [old, now] = [new Map(before.map((one) => [one.id, one])), new Map(after.map((one) => [one.id, one]))];
  for (const { id, where, own } of after) {
    const part = `step ${id}`;
    const earlier = old.get(id);
    if (earlier === undefined) changes.push({ part, kind: 'added', after: own });
    else {
      if (earlier.where !== where) changes.push({ part, kind: 'moved', before: earlier.where, after: where });
      changes.push(...compareValues('', earlier.own, own).map((change) => ({ ...change, part })));
    }
  }
  for (const { id, own } of before)
    if (!now.has(id)) changes.push({ part: `step ${id}`, kind: 'removed', before: own });
  const [wasOrder, isOrder] = [idsInBoth(before, now), idsInBoth(after, old)];
  const moved = isOrder.find((id, index) => wasOrder[index] !== id);
  if (moved !== undefined) changes.push({ part: 'steps', kind: 'moved', before: wasOrder, after: isOrder });
  return changes;
}

/** In their order; a step that went into or out of another one is told by itself. */
function idsInBoth(list: readonly ListedStep[], other: ReadonlyMap<string, ListedStep>): string[] {
  return list.flatMap(({ id, where }) => (other.get(id)?.where === where ? [id] : []));
}

function compareNamed(what: string, before: JsonObject, after: JsonObject): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names.flatMap((name): Change[] => {
    const part = `${what} ${name}`;
    const [old, now] = [ownProperty(before, name), ownProperty(after, name)];
    if (old === undefined) return [{ part, kind: 'added' }];
    if (now === undefined) return [{ part, kind: 'removed' }];
    return compareValues('', old, now).map((change) => ({ ...change, part }));
  });
}

/** The innermost places at which two values differ. */
function compareValues(path: string, before: Json, after: Json): Change[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isJsonObject(before) || !isJsonObject(after)) {
    return [{ part: '', kind: 'changed', ...(path === '' ? {} : { path }), before, after }];
  }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names.flatMap((name): Change[] => {
    if (name === 'mappings') return [];
    const inner = path === '' ? name : `${path}.${name}`;
    const [old, now] = [ownProperty(before, name), ownProperty(after, name)];
    if (old === undefined) return now === undefined ? [] : [{ part: '', kind: 'added', path: inner, after: now }];
    if (now === undefined) return [{ part: '', kind: 'removed', path: inner, before: old }];
    return compareValues(inner, old, now);
  });
}

function compareRecipients(before: Side, after: Side): SecurityChange[] {
  const accounts = [...new Set([...before.recipients.keys(), ...after.recipients.keys()])].toSorted();
  return accounts.flatMap((account): SecurityChange[] => {
    const [old, now] = [before.recipients.get(account) ?? [], after.recipients.get(account) ?? []];
    return [
      ...now.filter((key) => !old.includes(key)).map((value) => ({ account, kind: 'recipient_added' as const, value })),
      ...old
        .filter((key) => !now.includes(key))
        .map((value) => ({ account, kind: 'recipient_removed' as const, value })),
    ];
  });
}

function compareConnectors(before: Side, after: Side): ConnectorChange[] {
  const names = [...new Set([...before.connectors.keys(), ...after.connectors.keys()])].toSorted();
  return names.flatMap((connector): ConnectorChange[] => {
    const [old, now] = [before.connectors.get(connector), after.connectors.get(connector)];
    if (old === now) return [];
    const users = before.plans.filter(({ plan }) => Object.hasOwn(plan.connectors, connector));
    const breaks = users.map(({ plan }) => nameOf(plan)).filter((name) => after.broken.has(name));
    return [{ connector, kind: old === undefined ? 'added' : now === undefined ? 'removed' : 'changed', breaks }];
  });
}

/** Hosts by account, connection and host, with the automations that send the credential there. */
function hostsOf({
  plans,
}: Side): Map<string, { account: string; connection: string; host: string; automations: string[] }> {
  const hosts = new Map<string, { account: string; connection: string; host: string; automations: string[] }>();
  for (const { plan } of plans) {
    const { account, automation } = plan;
    for (const [connection, { hosts: names }] of Object.entries(plan.connections)) {
      for (const host of names) {
        const key = JSON.stringify([account, connection, host]);
        const known = hosts.get(key) ?? { account, connection, host, automations: [] };
        known.automations.push(automation);
        hosts.set(key, known);
      }
    }
  }
  return hosts;
}

function compareHosts(before: Side, after: Side): SecurityChange[] {
  const [old, now] = [hostsOf(before), hostsOf(after)];
  const only = (kind: 'host_added' | 'host_removed', mine: typeof old, other: typeof old): SecurityChange[] =>
    [...mine].flatMap(([key, { account, connection, host, automations }]) =>
      other.has(key) ? [] : [{ account, kind, value: host, connection, automations }],
    );
  return [...only('host_added', now, old), ...only('host_removed', old, now)].toSorted((left, right) =>
    `${left.account} ${left.value}` < `${right.account} ${right.value}` ? -1 : 1,
  );
}
