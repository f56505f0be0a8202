import type { DeploymentEntry } from '../../store/records.ts';
import type { Changes, Work } from './work.ts';

/**
 * What shall serve: the plans of accounts that are good at this revision, and the last good ones of accounts that are
 * not, or that an operator keeps as they are. In order of account and automation.
 */
export function assemble({ accounts, before, serving }: Work): DeploymentEntry[] {
  const kept = Map.groupBy(serving, ({ account }) => account);
  const suspended = [...before.values()].flatMap(({ account, status }) => (status === 'suspended' ? [account] : []));
  const names = new Set([...accounts.keys(), ...suspended]);
  names.delete('');
  return [...names].toSorted().flatMap((account): DeploymentEntry[] => {
    const result = accounts.get(account);
    if (result?.kind !== 'compiled') return kept.get(account) ?? [];
    return result.plans.map(({ automation, digest, trigger, consents }) => ({
      account,
      automation,
      plan: digest,
      trigger,
      ...(consents.length === 0 ? {} : { consents }),
    }));
  });
}

/** What becomes of each automation. */
export function compareEntries(before: readonly DeploymentEntry[], after: readonly DeploymentEntry[]): Changes {
  const [old, now] = [byName(before), byName(after)];
  const names = [...now.keys()];
  return {
    added: names.filter((name) => !old.has(name)),
    changed: names.filter((name) => old.has(name) && old.get(name) !== now.get(name)),
    removed: [...old.keys()].filter((name) => !now.has(name)),
  };
}

function byName(entries: readonly DeploymentEntry[]): Map<string, string> {
  return new Map(entries.map(({ account, automation, plan }) => [`${account}/${automation}`, plan]));
}
