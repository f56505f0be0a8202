import type { AccountScope } from '../../store/records.ts';

/** Whether a scope holds all that another one names. */
export function covers(scope: AccountScope, wanted: AccountScope): boolean {
  if (scope === 'all') return true;
  return wanted !== 'all' && wanted.every((account) => scope.includes(account));
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

export function describeScope(scope: AccountScope): string {
  return scope === 'all' ? 'all accounts' : scope.join(', ');
}
