import type { Json } from '../json/value.ts';
import type {
  AutomationChange,
  Change,
  ConnectorChange,
  Difference,
  SecurityChange,
  SharedChange,
} from './difference.ts';

/** Longer values are cut. */
const SHOWN = 120;

/** Of a longer list only the first names are shown. */
const NAMED = 10;

/** True where nothing is different. */
export function isEmpty({ security, connectors, shared, accounts }: Difference): boolean {
  return [security, connectors, shared, accounts].every((changes) => changes.length === 0);
}

/** `acme: age1… can read its secrets from now on` */
export function describeSecurity({ accounts, kind, value, connection, automations = [] }: SecurityChange): string {
  const who = describeAccounts(accounts);
  switch (kind) {
    case 'recipient_added':
      return `${who}: ${value} can read ${accounts.length === 1 ? 'its' : 'their'} secrets from now on`;
    case 'recipient_removed':
      return `${who}: secrets are no longer encrypted to ${value}; what it could read before, it knows`;
    case 'host_added':
      return `${who}: the credential of ${connection} goes to ${value} (${automations.join(', ')})`;
    case 'right_added':
      return `${who}: ${connection} needs the right ${value} (${automations.join(', ')}); a person has to consent to it`;
    case 'host_removed':
      return `${who}: the credential of ${connection} no longer goes to ${value}`;
  }
}

export function describeConnector({ connector, kind, breaks }: ConnectorChange): string {
  return `${connector} ${kind}${breaks.length === 0 ? '' : `; it breaks ${namesOf(breaks)}`}`;
}

/** `notify changed in 3 accounts (acme, globex, initech)` */
export function describeShared(change: SharedChange): string {
  return describeAutomation(change, ` in ${describeAccounts(change.accounts)}`);
}

/** `acme`, or `3 accounts (acme, globex, initech)` */
function describeAccounts(accounts: readonly string[]): string {
  return accounts.length === 1 ? accounts.join('') : `${accounts.length} accounts (${namesOf(accounts)})`;
}

function namesOf(names: readonly string[]): string {
  const more = names.length > NAMED ? `, … and ${names.length - NAMED} more` : '';
  return `${names.slice(0, NAMED).join(', ')}${more}`;
}

export function describeAutomation({ automation, kind, reason }: AutomationChange, where = ''): string {
  switch (kind) {
    case 'broken':
      return `${automation} does not compile any more${where}: ${reason}`;
    case 'mended':
      return `${automation} compiles again${where}`;
    default:
      return `${automation} ${kind}${where}`;
  }
}

/** `step save: with.value "a" → "b"` */
export function describeChange({ part, kind, path, before, after }: Change): string {
  const where = path === undefined ? part : `${part}: ${path}`;
  switch (kind) {
    case 'added':
      return `${where} added${after === undefined ? '' : `: ${short(after)}`}`;
    case 'removed':
      return `${where} removed${before === undefined ? '' : `: ${short(before)}`}`;
    case 'moved':
      return `${where} moved: ${place(before)} → ${place(after)}`;
    case 'changed':
      return `${where}: ${short(before)} → ${short(after)}`;
  }
}

function place(value: Json | undefined): string {
  if (Array.isArray(value)) return value.map((one) => (typeof one === 'string' ? one : short(one))).join(', ');
  return typeof value === 'string' && value !== '' ? value : 'the top';
}

function short(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
