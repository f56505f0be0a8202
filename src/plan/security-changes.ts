import type { SecurityChange, Side } from './difference.ts';

/** A change of one account. */
type AccountSecurityChange = Omit<SecurityChange, 'accounts'> & { account: string };

/** Who can read secrets, where they are sent, and what is asked of services; what accounts have in common is told once. */
export function compareSecurity(before: Side, after: Side): SecurityChange[] {
  const found = new Map<string, SecurityChange>();
  const changes = [
    ...compareRecipients(before, after),
    ...compareHosts(before, after),
    ...compareRights(before, after),
  ];
  for (const { account, ...change } of changes) {
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

/** A host or a right of a connection. */
interface ConnectionPart {
  account: string;
  connection: string;
  value: string;
  automations: string[];
}

/** Each host, or right, of each connection, with the automations that send the credential there, or need it. */
function partsOf({ plans }: Side, part: 'hosts' | 'scopes'): Map<string, ConnectionPart> {
  const parts = new Map<string, ConnectionPart>();
  for (const { plan } of plans) {
    const { account, automation } = plan;
    for (const [connection, { [part]: values = [] }] of Object.entries(plan.connections)) {
      for (const value of values) {
        const key = JSON.stringify([account, connection, value]);
        const known = parts.get(key) ?? { account, connection, value, automations: [] };
        known.automations.push(automation);
        parts.set(key, known);
      }
    }
  }
  return parts;
}

function compareRights(before: Side, after: Side): AccountSecurityChange[] {
  const old = partsOf(before, 'scopes');
  const added = [...partsOf(after, 'scopes')].filter(([key]) => !old.has(key));
  return added.map(([, part]) => changeOf('right_added', part));
}

function changeOf(
  kind: SecurityChange['kind'],
  { account, value, connection, automations }: ConnectionPart,
): AccountSecurityChange {
  return { account, kind, value, connection, automations };
}

function compareHosts(before: Side, after: Side): AccountSecurityChange[] {
  const [old, now] = [partsOf(before, 'hosts'), partsOf(after, 'hosts')];
  const only = (kind: 'host_added' | 'host_removed', mine: typeof old, other: typeof old): AccountSecurityChange[] =>
    [...mine].flatMap(([key, part]) => (other.has(key) ? [] : [changeOf(kind, part)]));
  // What does not compile goes on as it was deployed, with its credentials.
  const gone = [...old].filter(
    ([, { account, automations }]) =>
      !after.brokenAccounts.has(account) && !automations.some((name) => after.broken.has(`${account}/${name}`)),
  );
  return [...only('host_added', now, old), ...only('host_removed', new Map(gone), now)].toSorted((left, right) =>
    `${left.account} ${left.value}` < `${right.account} ${right.value}` ? -1 : 1,
  );
}
