import type { SecurityChange, Side } from './difference.ts';

/** A change of one account. */
type AccountSecurityChange = Omit<SecurityChange, 'accounts'> & { account: string };

/** Who can read secrets, and where they are sent; what accounts have in common is told once. */
export function compareSecurity(before: Side, after: Side): SecurityChange[] {
  const found = new Map<string, SecurityChange>();
  for (const { account, ...change } of [...compareRecipients(before, after), ...compareHosts(before, after)]) {
    const key = JSON.stringify(change);
    const known = found.get(key);
    if (known === undefined) found.set(key, { accounts: [account], ...change });
    else known.accounts.push(account);
  }
  return [...found.values()];
}

function compareRecipients(before: Side, after: Side): AccountSecurityChange[] {
  const accounts = [...new Set([...before.recipients.keys(), ...after.recipients.keys()])].toSorted();
  return accounts.flatMap((account): AccountSecurityChange[] => {
    const [old, now] = [before.recipients.get(account) ?? [], after.recipients.get(account) ?? []];
    return [
      ...now.filter((key) => !old.includes(key)).map((value) => ({ account, kind: 'recipient_added' as const, value })),
      ...old
        .filter((key) => !now.includes(key))
        .map((value) => ({ account, kind: 'recipient_removed' as const, value })),
    ];
  });
}

interface CredentialHost {
  account: string;
  connection: string;
  host: string;
  automations: string[];
}

/** Each host of each connection, with the automations that send the credential there. */
function hostsOf({ plans }: Side): Map<string, CredentialHost> {
  const hosts = new Map<string, CredentialHost>();
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

function compareHosts(before: Side, after: Side): AccountSecurityChange[] {
  const [old, now] = [hostsOf(before), hostsOf(after)];
  const only = (kind: 'host_added' | 'host_removed', mine: typeof old, other: typeof old): AccountSecurityChange[] =>
    [...mine].flatMap(([key, { account, connection, host, automations }]) =>
      other.has(key) ? [] : [{ account, kind, value: host, connection, automations }],
    );
  // What does not compile goes on as it was deployed, with its credentials.
  const gone = [...old].filter(
    ([, { account, automations }]) =>
      !after.brokenAccounts.has(account) && !automations.some((name) => after.broken.has(`${account}/${name}`)),
  );
  return [...only('host_added', now, old), ...only('host_removed', new Map(gone), now)].toSorted((left, right) =>
    `${left.account} ${left.value}` < `${right.account} ${right.value}` ? -1 : 1,
  );
}
