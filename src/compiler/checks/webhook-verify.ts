import type { Verify } from '../../generated/automation.ts';
import type { Connector, WebhookScheme } from '../../generated/connector.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import type { JsonObject } from '../../json/value.ts';
import { compileTemplate } from '../../language/evaluate.ts';
import { EvaluationError } from '../../language/evaluation-error.ts';
import { secretPath } from '../../workspace/workspace.ts';
import { fieldsWithDefaults } from '../../connectors/connection-fields.ts';
import { connectionsOf, type AccountContext } from '../context.ts';
import { reportInAccount } from '../report-in-account.ts';
import { chosenConnection } from './step-connection.ts';

/** How the automation's webhook is proved genuine, where that is known. */
export interface ResolvedVerify {
  /** The scheme's name. */
  name: string;
  scheme: WebhookScheme;
  connection: string;
  /** The connector's name. */
  service: string;
  connector: Connector;
}

const PATH = ['trigger', 'webhook', 'verify'];

/** Finds the scheme and the connection of `verify`, and proves that there is a key. `undefined` where there is nothing to verify with. */
export function resolveVerify(context: AccountContext): ResolvedVerify | undefined {
  const { account, catalog, checked } = context;
  const verify = checked.automation.value.trigger.webhook?.verify;
  if (verify === undefined || verify === 'none') return undefined;
  const connection = chosenConnection(context, verify.connection);
  const connections = connectionsOf(account);
  const given = Object.hasOwn(connections, connection) ? connections[connection] : undefined;
  if (given === undefined) {
    reportConnection(context, verify, connection);
    return undefined;
  }
  const connector = catalog.get(given.connector);
  // That the connector is unknown is said of the account.
  if (connector?.connection === undefined) return undefined;
  const schemes = connector.webhook_schemes ?? {};
  const scheme = Object.hasOwn(schemes, verify.scheme) ? schemes[verify.scheme] : undefined;
  if (scheme === undefined) {
    reportScheme(context, verify, connection, connector);
    return undefined;
  }
  if (scheme.key.field === undefined) {
    const message = `${connector.title} gives the key of \`${verify.scheme}\` to the address of a connection, and this webhook has one of its own`;
    const help = `start it with "on": "${given.connector}.…"`;
    reportInAccount(context, 'WB6021', [...PATH, 'scheme'], { message, help });
    return undefined;
  }
  const found = { name: verify.scheme, scheme, connection, service: given.connector, connector };
  requireKey(context, found, PATH);
  return fillScheme(context, found, PATH);
}

/** How the events of a service are proved genuine that come through this connection, where they are sent. */
export function resolveEventVerify(
  context: AccountContext,
  connection: string | undefined,
): ResolvedVerify | undefined {
  const { service, connector, trigger } = context.checked.trigger ?? {};
  const { scheme: name, subscription } = trigger?.webhook ?? {};
  const schemes = connector?.webhook_schemes ?? {};
  const scheme = name !== undefined && Object.hasOwn(schemes, name) ? schemes[name] : undefined;
  if (connection === undefined || service === undefined || connector === undefined) return undefined;
  // That there is no such scheme is said of the connector.
  if (name === undefined || scheme === undefined) return undefined;
  const found = { name, scheme, connection, service, connector };
  const place = ['trigger', 'on'];
  const comes = scheme.handshake?.some(({ keep }) => keep !== undefined) === true;
  const made = subscription !== undefined && connector.subscriptions?.[subscription]?.secret !== undefined;
  if (!comes && !made) requireKey(context, found, place);
  return fillScheme(context, found, place);
}

function reportConnection(context: AccountContext, verify: Verify, connection: string): void {
  const { account } = context;
  const near = nearestName(connection, Object.keys(connectionsOf(account)));
  const help = near === undefined ? `waybill connect ${account.name} ${connection} --web` : `did you mean \`${near}\`?`;
  const message = `the account \`${account.name}\` has no connection \`${connection}\``;
  const installPlace = connection === verify.connection ? [] : ['connections', verify.connection];
  reportInAccount(context, 'WB5001', [...PATH, 'connection'], { message, help, installPlace });
}

function reportScheme(context: AccountContext, { scheme }: Verify, connection: string, connector: Connector): void {
  const { catalog } = context;
  const own = Object.keys(connector.webhook_schemes ?? {});
  const others = catalog.names().filter((name) => Object.hasOwn(catalog.get(name)?.webhook_schemes ?? {}, scheme));
  if (others.length > 0) {
    const message = `the connection \`${connection}\` is one to ${connector.name}, and the scheme \`${scheme}\` is one of ${others.join(', ')}`;
    const help = `name a connection to ${others.join(' or ')}`;
    reportInAccount(context, 'WB5002', [...PATH, 'connection'], { message, help });
    return;
  }
  const near = nearestName(scheme, own);
  const known = own.length === 0 ? `${connector.title} has none` : `schemes of ${connector.name}: ${own.join(', ')}`;
  const help = near === undefined ? known : `did you mean \`${near}\`?`;
  const message = `there is no webhook scheme \`${scheme}\``;
  reportInAccount(context, 'WB2020', [...PATH, 'scheme'], { message, help });
}

/** A field that every connection must have is missed elsewhere; the key is often one that it may have. */
function requireKey(
  context: AccountContext,
  { name, scheme, connection, connector }: ResolvedVerify,
  place: string[],
): void {
  const { account, secrets } = context;
  const { field } = scheme.key;
  if (field === undefined) return;
  const spec = connector.connection?.fields[field];
  if (spec === undefined || (spec.required !== false && spec.default === undefined)) return;
  const inspection = secrets.get(secretPath(account.name, connection));
  const sealed = inspection?.ok === true ? inspection.file.fields : [];
  const open = connectionsOf(account)[connection]?.fields ?? {};
  if (spec.secret === true ? sealed.includes(field) : Object.hasOwn(open, field) || spec.default !== undefined) return;
  const message = `the connection \`${connection}\` lacks \`${field}\` (${spec.title}), with which \`${name}\` is checked`;
  const help = `waybill connect ${account.name} ${connection} --web`;
  reportInAccount(context, 'WB6013', place, { message, help });
}

/** The scheme with the connection's fields in its places. */
function fillScheme(context: AccountContext, found: ResolvedVerify, path: string[]): ResolvedVerify | undefined {
  const { scheme, connection, connector } = found;
  if (connector.connection === undefined) return undefined;
  const given = connectionsOf(context.account)[connection]?.fields ?? {};
  const fields = fieldsWithDefaults(connector.connection, given);
  const { signature, timestamp, body_digest, delivery_id, event } = scheme;
  const places = { signature, timestamp, body_digest, delivery_id, event };
  const used = Object.entries(places).filter(([, place]) => place !== undefined);
  try {
    const filled = compileTemplate(Object.fromEntries(used) as JsonObject)({ connection: fields });
    return { ...found, scheme: { ...scheme, ...(filled as Partial<WebhookScheme>) } };
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    const place = error.pointer.slice(1).replaceAll('/', '.');
    const message = `the scheme cannot be used with this connection: its ${place}: ${error.message}`;
    const help = 'give the connection the fields that the scheme reads';
    reportInAccount(context, 'WB2021', path, { message, help });
    return undefined;
  }
}
