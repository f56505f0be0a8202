import { connectionsOf } from '../../compiler/context.ts';
import { builtinCatalog } from '../../connectors/builtin.ts';
import { extendCatalog, type Catalog } from '../../connectors/catalog.ts';
import type { AccountConnection } from '../../generated/account.ts';
import type { ConnectionSpec, Connector } from '../../generated/connector.ts';
import type { JsonObject } from '../../json/value.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import { loadWorkspace } from '../../workspace/load-workspace.ts';
import type { SourceTree } from '../../workspace/source-tree.ts';
import { SHARED, secretPath, type Workspace } from '../../workspace/workspace.ts';
import { ConnectError } from './connect-error.ts';

/** A workspace that is read and not compiled, with the connectors that it can use. */
export interface OpenWorkspace {
  workspace: Workspace;
  catalog: Catalog;
}

/** What is asked for, for a connection of an account: what its connector says, and what account.json says already. */
export interface ConnectionForm {
  account: string;
  connection: string;
  connector: Connector;
  spec: ConnectionSpec;
  /** The fields that stand in account.json. */
  given: JsonObject;
  /** The credential that accounts share and that the connection has besides. */
  shared: string | undefined;
  /** Whether account.json does not name the connection yet. */
  isNew: boolean;
  /** Whether there is a credential that the new one takes the place of. */
  replaces: boolean;
  /** The account's age public keys. */
  recipients: string[];
}

export function openWorkspace(tree: SourceTree): OpenWorkspace {
  const { workspace } = loadWorkspace(tree);
  const own = new Map([...workspace.connectors].map(([name, source]) => [name, source.value]));
  return { workspace, catalog: extendCatalog(builtinCatalog(), own, workspace.brokenConnectors) };
}

/**
 * The form of a connection. `service` is the connector where neither account.json nor the connection's own name says it.
 * The account `shared` has those that accounts share. Throws `ConnectError` where there is no such account or connector, or
 * where account.json names another one.
 */
export function connectionForm(
  { workspace, catalog }: OpenWorkspace,
  account: string,
  connection: string,
  service?: string,
): ConnectionForm {
  const { existing, recipients } =
    account === SHARED ? sharedPlace(workspace, connection) : placeOf(workspace, account, connection);
  if (existing === undefined) requireName(connection);
  else if (service !== undefined && service !== existing.connector)
    throw new ConnectError(
      `the connection ${connection} is one to ${existing.connector}`,
      'choose another name for the new connection',
    );
  const { connector, spec } = findConnector(catalog, existing?.connector ?? service ?? connection);
  return {
    account,
    connection,
    connector,
    spec,
    given: existing?.fields ?? {},
    shared: existing?.shared,
    isNew: existing === undefined,
    replaces: workspace.secrets.has(secretPath(account, connection)),
    recipients,
  };
}

/** What there is of a connection's name, and who can read its credential. */
interface Place {
  existing: AccountConnection | undefined;
  recipients: string[];
}

function placeOf({ accounts }: Workspace, account: string, connection: string): Place {
  const source = accounts.get(account);
  if (source === undefined) throw new ConnectError(`there is no valid automations/${account}/account.json`);
  const connections = connectionsOf(source);
  const existing = Object.hasOwn(connections, connection) ? connections[connection] : undefined;
  return { existing, recipients: source.value.recipients };
}

/** What accounts share is described in waybill.json. */
function sharedPlace({ config }: Workspace, name: string): Place {
  const shared = config?.value.shared ?? {};
  const existing = Object.hasOwn(shared, name) ? shared[name] : undefined;
  if (existing !== undefined)
    return {
      existing: { connector: existing.connector, fields: existing.fields ?? {} },
      recipients: existing.recipients,
    };
  throw new ConnectError(
    `waybill.json has no shared credential ${name}`,
    `add it there: "shared": { "${name}": { "connector": …, "accounts": […], "recipients": […] } }`,
  );
}

/** Whether it is a credential that accounts share. */
export function isShared({ account }: ConnectionForm): boolean {
  return account === SHARED;
}

/** As `schemas/account.schema.json` has it. */
const NAME = /^[a-z][a-z0-9_-]{0,62}$/;

function requireName(connection: string): void {
  if (!NAME.test(connection))
    throw new ConnectError(
      `${connection} is no name of a connection`,
      'small letters, digits, _ and -, a letter first: at most 63',
    );
}

function findConnector(catalog: Catalog, service: string): { connector: Connector; spec: ConnectionSpec } {
  const connector = catalog.get(service);
  if (connector === undefined && catalog.isBroken(service))
    throw new ConnectError(`connectors/${service}/connector.json is broken`, 'see: waybill check');
  if (connector === undefined) {
    const near = nearestName(service, catalog.names());
    throw new ConnectError(
      `there is no connector ${service}`,
      `${near === undefined ? '' : `did you mean ${near}? Else `}name one with --connector: ${catalog.names().join(', ')}`,
    );
  }
  if (connector.connection === undefined) throw new ConnectError(`${connector.title} needs no connection`);
  return { connector, spec: connector.connection };
}
