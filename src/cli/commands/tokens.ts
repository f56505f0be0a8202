import type { NewTokenView, TokenListView, TokenView } from '../../server/access-types.ts';
import { ROLE_NAMES, type Role } from '../../server/access/roles.ts';
import { EXIT, UsageError } from '../exit.ts';
import type { Format } from '../options.ts';
import { renderTable } from '../render-table.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

export interface TokensOptions extends RunnerOptions {
  format: Format;
}

export interface CreateTokenOptions extends TokensOptions {
  /** `ROLE` or `ACCOUNT=ROLE`. */
  role: string[];
  account: string[];
  allAccounts?: true;
  /** Seconds. */
  expires: number;
}

/** `waybill tokens create NAME`: the token is shown this once. */
export async function create(name: string, options: CreateTokenOptions): Promise<number> {
  const { format, role, account, allAccounts, expires, ...runner } = options;
  const roles = readRoles(role);
  const named = [...new Set([...account, ...Object.keys(roles.inAccounts)])];
  if (allAccounts === undefined ? named.length === 0 : account.length > 0)
    throw new UsageError('say for which accounts the token is', '--account NAME, once or more, or --all-accounts');
  const client = await RunnerClient.find(runner);
  const accounts = allAccounts === undefined ? named : 'all';
  const rights = { role: roles.role, accounts, account_roles: moreThan(roles.role, roles.inAccounts) };
  const body = JSON.stringify({ name, ...rights, expires_in_s: expires });
  const view = await client.post<NewTokenView>('/tokens', body);
  if (format === 'json') {
    console.log(JSON.stringify(view));
    return EXIT.clean;
  }
  console.log(view.token);
  console.error(
    `The token ${view.id}, ${view.role} of ${accountsOf(view)}, until ${view.expires_at}. It is shown this once.`,
  );
  return EXIT.clean;
}

/** `waybill tokens list`: newest first. */
export async function list({ format, ...runner }: TokensOptions): Promise<number> {
  const client = await RunnerClient.find(runner);
  const view = await client.get<TokenListView>('/tokens');
  const rows = view.tokens.map((token) => [
    token.id,
    token.name,
    token.role,
    accountsOf(token),
    token.status,
    token.revoked_at ?? token.expires_at,
  ]);
  if (format === 'json') console.log(JSON.stringify(view));
  else if (rows.length === 0) console.log('there are no tokens');
  else console.log(renderTable([['TOKEN', 'NAME', 'ROLE', 'ACCOUNTS', 'STATUS', 'ENDS'], ...rows]));
  return EXIT.clean;
}

/** `waybill tokens revoke ID`: from now on, also for browsers that are signed in with it. */
export async function revoke(id: string, { format, ...runner }: TokensOptions): Promise<number> {
  const client = await RunnerClient.find(runner);
  const view = await client.delete<TokenView>(`/tokens/${encodeURIComponent(id)}`);
  console.log(
    format === 'json' ? JSON.stringify(view) : `${view.id} (${view.name}) is revoked since ${view.revoked_at}`,
  );
  return EXIT.clean;
}

interface Roles {
  /** In all accounts that are not named with one of their own. */
  role: Role;
  inAccounts: { [account: string]: Role };
}

/** Where no role is for all, it is the least of those that are for one account. Throws `UsageError`. */
function readRoles(texts: readonly string[]): Roles {
  const inAccounts: { [account: string]: Role } = {};
  const forAll: Role[] = [];
  for (const text of texts) {
    const [, account, name = ''] = /^(?:([^=]+)=)?(.*)$/.exec(text) ?? [];
    const role = ROLE_NAMES.find((one) => one === name);
    if (role === undefined) throw new UsageError(`${name} is not a role`, `roles: ${ROLE_NAMES.join(', ')}`);
    if (account === undefined) forAll.push(role);
    else inAccounts[account] = role;
  }
  if (forAll.length > 1) throw new UsageError('there are two roles for all accounts', 'for one account: ACCOUNT=ROLE');
  const [role = leastOf(Object.values(inAccounts))] = forAll;
  return { role, inAccounts };
}

function leastOf(roles: readonly Role[]): Role {
  return roles.toSorted((left, right) => ROLE_NAMES.indexOf(left) - ROLE_NAMES.indexOf(right))[0] ?? 'viewer';
}

/** What is said of single accounts and is what the token has anyway is left out. */
function moreThan(role: Role, inAccounts: Roles['inAccounts']): Roles['inAccounts'] {
  return Object.fromEntries(Object.entries(inAccounts).filter(([, one]) => one !== role));
}

function accountsOf({ accounts, account_roles: roles }: TokenView): string {
  const named = (account: string): string => {
    const role = roles[account];
    return role === undefined ? account : `${account} (${role})`;
  };
  return accounts === 'all'
    ? ['all accounts', ...Object.keys(roles).map(named)].join(', ')
    : accounts.map(named).join(', ');
}
