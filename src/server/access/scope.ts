import type { AccountScope } from '../../store/records.ts';
import type { Caller } from './callers.ts';
import { isAtLeast, type Role } from './roles.ts';

/** Whether a scope holds all that another one names. */
export function covers(scope: AccountScope, wanted: AccountScope): boolean {
  if (scope === 'all') return true;
  return wanted !== 'all' && wanted.every((account) => scope.includes(account));
}

/** What the caller may do in an account, if it may see it at all. */
export function roleIn({ role, accounts, accountRoles }: Caller, account: string): Role | undefined {
  if (!covers(accounts, [account])) return undefined;
  return Object.hasOwn(accountRoles, account) ? accountRoles[account] : role;
}

/** The accounts in which the caller has the role, or more. */
export function accountsWith({ role, accounts, accountRoles }: Caller, needed: Role): AccountScope {
  if (isAtLeast(role, needed)) return accounts;
  return Object.entries(accountRoles).flatMap(([account, one]) => (isAtLeast(one, needed) ? [account] : []));
}

/**
 * Asks once for each account that a list may show, and merges the answers; `compare` says what comes first. Without a
 * bound on accounts it asks once for all. So no query can forget the bound, and each has its index.
 */
export function listWithin<Entry>(
  scope: AccountScope,
  { account, limit }: { account?: string | undefined; limit: number },
  ask: (account: string | undefined) => Entry[],
  compare: (left: Entry, right: Entry) => number,
): Entry[] {
  if (account !== undefined) return covers(scope, [account]) ? ask(account) : [];
  if (scope === 'all') return ask(undefined);
  return scope.flatMap(ask).toSorted(compare).slice(0, limit);
}

/** Names the accounts, with the role where it is more than elsewhere. */
export function describeScope({ accounts, accountRoles }: Pick<Caller, 'accounts' | 'accountRoles'>): string {
  const named = (account: string): string => {
    const more = accountRoles[account];
    return more === undefined ? account : `${account} (${more})`;
  };
  if (accounts !== 'all') return accounts.map(named).join(', ');
  return ['all accounts', ...Object.keys(accountRoles).map(named)].join(', ');
}
