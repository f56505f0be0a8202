import type { Plan } from '../generated/plan.ts';
import type { Json } from '../json/value.ts';
import type { NamedPlan } from './digest.ts';
import { changesBetween } from './plan-changes.ts';
import { compareSecurity } from './security-changes.ts';

/** One side of a comparison: what a commit or a folder comes to. */
export interface Side {
  plans: readonly NamedPlan[];
  /** Public keys by account. */
  recipients: ReadonlyMap<string, readonly string[]>;
  /** Automations, as `account/name`, that have an error and so no plan, with the first reason. */
  broken: ReadonlyMap<string, string>;
  /** Accounts that nothing is known of but what is wrong with account.json. */
  brokenAccounts: ReadonlyMap<string, string>;
  /** The workspace's own connectors, as text by name. */
  connectors: ReadonlyMap<string, string>;
}

/** What is different between two commits; all lists in order of account and name. */
export interface Difference {
  /** What a reviewer should see first: who can read secrets, and where they are sent. */
  security: SecurityChange[];
  connectors: ConnectorChange[];
  /** What accounts that install a shared automation have in common, told once for all of them. */
  shared: SharedChange[];
  accounts: AccountChange[];
}

export interface SecurityChange {
  accounts: string[];
  kind: 'recipient_added' | 'recipient_removed' | 'host_added' | 'host_removed' | 'right_added';
  /** The public key, the host, or the right at a service of OAuth 2.0. */
  value: string;
  /** Of a host: the automations that send the credential there, and of which connection. Of a right: those that need it. */
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

export interface SharedChange extends AutomationChange {
  accounts: string[];
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
  const { shared, accounts } = compareAutomations(before, after);
  return { security: compareSecurity(before, after), connectors: compareConnectors(before, after), shared, accounts };
}

function compareAutomations(before: Side, after: Side): Pick<Difference, 'shared' | 'accounts'> {
  const [old, now] = [plansOf(before), plansOf(after)];
  const names = new Set([...old.keys(), ...before.broken.keys(), ...now.keys(), ...after.broken.keys()]);
  const groups = new Map<string, SharedChange>();
  for (const name of [...names].toSorted(byAccount)) {
    const plans = { before: old.get(name), after: now.get(name) };
    const change = compareAutomation(name, plans, before, after);
    if (change === undefined) continue;
    const account = name.slice(0, name.indexOf('/'));
    const shared = (plans.after ?? plans.before)?.plan.shared === true;
    const key = JSON.stringify([shared ? '' : account, change]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ...change, accounts: [account] });
    else group.accounts.push(account);
  }
  const accounts = new Map<string, AutomationChange[]>();
  for (const { accounts: owners, ...change } of groups.values()) {
    const [account = ''] = owners;
    if (owners.length === 1) accounts.set(account, [...(accounts.get(account) ?? []), change]);
  }
  return {
    shared: [...groups.values()].filter(({ accounts: owners }) => owners.length > 1),
    accounts: [...accounts].map(([account, automations]) => ({ account, automations })),
  };
}

/** `acme/b` stands before `acme-sandbox/a`. */
function byAccount(left: string, right: string): number {
  return left.replace('/', '\0') < right.replace('/', '\0') ? -1 : 1;
}

function plansOf({ plans }: Side): Map<string, NamedPlan> {
  return new Map(plans.map((named) => [nameOf(named.plan), named]));
}

function nameOf({ account, automation }: Plan): string {
  return `${account}/${automation}`;
}

function compareAutomation(
  name: string,
  { before: old, after: now }: { before: NamedPlan | undefined; after: NamedPlan | undefined },
  before: Side,
  after: Side,
): AutomationChange | undefined {
  const [account = '', automation = ''] = name.split('/');
  const reason = after.broken.get(name) ?? after.brokenAccounts.get(account);
  if (now === undefined) {
    if (reason !== undefined)
      return old === undefined ? undefined : { automation, kind: 'broken', reason, changes: [] };
    return { automation, kind: 'removed', changes: [] };
  }
  const wasBroken = before.broken.has(name) || before.brokenAccounts.has(account);
  if (old === undefined) return { automation, kind: wasBroken ? 'mended' : 'added', changes: [] };
  if (old.digest === now.digest) return undefined;
  return { automation, kind: 'changed', changes: changesBetween(old, now) };
}

function compareConnectors(before: Side, after: Side): ConnectorChange[] {
  const names = [...new Set([...before.connectors.keys(), ...after.connectors.keys()])].toSorted();
  return names.flatMap((connector): ConnectorChange[] => {
    const [old, now] = [before.connectors.get(connector), after.connectors.get(connector)];
    if (old === now) return [];
    const users = before.plans.filter(({ plan }) => usesConnector(plan, connector));
    const breaks = users.map(({ plan }) => nameOf(plan)).filter((name) => after.broken.has(name));
    return [{ connector, kind: old === undefined ? 'added' : now === undefined ? 'removed' : 'changed', breaks }];
  });
}

/** An automation whose webhook is only verified by a connector calls none of its actions. */
function usesConnector({ connectors, connections }: Plan, name: string): boolean {
  return Object.hasOwn(connectors, name) || Object.values(connections).some(({ connector }) => connector === name);
}
