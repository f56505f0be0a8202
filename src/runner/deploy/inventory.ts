import type { Instant } from '../../run/records.ts';
import type { InventoryEntry, InventoryEvent, StallReason } from '../../store/records.ts';
import { shortList } from './words.ts';
import type { Outcome, Work } from './work.ts';

/** How many changes of an account are kept. */
const RECENT_KEPT = 5;

/** The entries of all accounts and of the whole, as they are when the revision serves. */
export function entriesAfterSwitch(work: Work): InventoryEntry[] {
  const entries = [...work.accounts.keys()].flatMap((account) => accountEntry(work, account) ?? []);
  if (stalledAccounts(work).length > 0) work.reason = { code: 'accounts_stalled', message: describeStalled(work) };
  return [...entries, ...wholeEntry(work, true)];
}

/** The entries that change where the revision does not come to serve. */
export function entriesAfterStall(work: Work): InventoryEntry[] {
  const entries = stalledAccounts(work).flatMap((account) => accountEntry(work, account) ?? []);
  return [...entries, ...wholeEntry(work, false)];
}

export function outcomeOf(work: Work, revision: string): Outcome {
  const results = [...work.accounts.values()];
  const stalled = stalledAccounts(work);
  const suspended = results.filter(({ kind }) => kind === 'suspended').length;
  return {
    revision,
    ready: work.reason === undefined,
    accounts: { ready: results.length - stalled.length - suspended, stalled, suspended },
    automations: work.wanted.length,
    reason: work.reason,
  };
}

export function stalledAccounts({ accounts }: Work): string[] {
  return [...accounts].flatMap(([account, { kind }]) => (kind === 'stalled' ? [account] : []));
}

/** `2 of 500 accounts are stalled: acme, globex` */
export function describeStalled(work: Work): string {
  const stalled = stalledAccounts(work);
  const [verb, noun] = [stalled.length === 1 ? 'is' : 'are', work.accounts.size === 1 ? 'account' : 'accounts'];
  return `${stalled.length} of ${work.accounts.size} ${noun} ${verb} stalled: ${shortList(stalled)}`;
}

/** The entry after an operator's word. */
export function withStatus(entry: InventoryEntry, status: InventoryEntry['status'], at: Instant): InventoryEntry {
  const { applied } = entry;
  const event: InventoryEvent = { ...(applied === undefined ? {} : { revision: applied }), at, status };
  return { ...entry, status, changedAt: at, recent: [event, ...entry.recent].slice(0, RECENT_KEPT) };
}

function accountEntry(work: Work, account: string): InventoryEntry | undefined {
  const result = work.accounts.get(account);
  if (result === undefined || result.kind === 'suspended') return undefined;
  const { revision } = work;
  const stalled = result.kind === 'stalled' ? result.reason : undefined;
  return after(work, account, {
    reason: stalled,
    attempted: revision,
    applied: stalled === undefined ? revision : work.before.get(account)?.applied,
    madeOf: result.kind === 'compiled' ? result.madeOf : work.before.get(account)?.madeOf,
  });
}

/** None where an operator suspended the whole. */
function wholeEntry(work: Work, serves: boolean): InventoryEntry[] {
  const before = work.before.get('');
  if (before?.status === 'suspended') return [];
  const applied = serves ? work.revision : before?.applied;
  const attempted = work.revision ?? before?.attempted;
  return [after(work, '', { reason: work.reason, attempted, applied, madeOf: applied })];
}

function after(
  { before, settings }: Work,
  account: string,
  now: { reason: StallReason | undefined } & { [part in 'attempted' | 'applied' | 'madeOf']: string | undefined },
): InventoryEntry {
  const known = before.get(account);
  const { reason, attempted, applied, madeOf } = now;
  const status = reason === undefined ? 'ready' : 'stalled';
  const changed =
    known?.status !== status || known.reason?.message !== reason?.message || (known.madeOf ?? '') !== (madeOf ?? '');
  const at = settings.now();
  const why = reason === undefined ? {} : { reason };
  const event: InventoryEvent = { ...(attempted === undefined ? {} : { revision: attempted }), at, status, ...why };
  return {
    account,
    status,
    ...why,
    ...(attempted === undefined ? {} : { attempted }),
    ...(applied === undefined ? {} : { applied }),
    ...(madeOf === undefined ? {} : { madeOf }),
    changedAt: changed ? at : (known?.changedAt ?? at),
    recent: changed ? [event, ...(known?.recent ?? [])].slice(0, RECENT_KEPT) : (known?.recent ?? []),
  };
}
