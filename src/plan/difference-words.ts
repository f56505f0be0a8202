import type { Json } from '../json/value.ts';
import type { AutomationChange, Change, ConnectorChange, Difference, SecurityChange } from './difference.ts';

/** Longer values are cut. */
const SHOWN = 120;

/** True where nothing is different. */
export function isEmpty({ security, connectors, accounts }: Difference): boolean {
  return security.length === 0 && connectors.length === 0 && accounts.length === 0;
}

/** `age1… can read the secrets of acme now` */
export function describeSecurity({ account, kind, value, connection, automations = [] }: SecurityChange): string {
  switch (kind) {
    case 'recipient_added':
      return `${account}: ${value} can read its secrets from now on`;
    case 'recipient_removed':
      return `${account}: secrets are no longer encrypted to ${value}; what it could read before, it knows`;
    case 'host_added':
      return `${account}: the credential of ${connection} goes to ${value} (${automations.join(', ')})`;
    case 'host_removed':
      return `${account}: the credential of ${connection} no longer goes to ${value}`;
  }
}

export function describeConnector({ connector, kind, breaks }: ConnectorChange): string {
  return `${connector} ${kind}${breaks.length === 0 ? '' : `; it breaks ${breaks.join(', ')}`}`;
}

export function describeAutomation({ automation, kind, reason }: AutomationChange): string {
  switch (kind) {
    case 'broken':
      return `${automation} does not compile any more: ${reason}`;
    case 'mended':
      return `${automation} compiles again`;
    default:
      return `${automation} ${kind}`;
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
