import { join } from 'node:path';
import { builtinCatalog } from '../connectors/builtin.ts';
import { extendCatalog, type Catalog } from '../connectors/catalog.ts';
import { fieldsWithDefaults } from '../connectors/connection-fields.ts';
import type { JsonObject } from '../json/value.ts';
import { connectionsOf } from '../compiler/context.ts';
import type { Connector, ConnectionSpec } from '../generated/connector.ts';
import { openConnectionFile, type OpenedConnection } from '../secrets/connection-file.ts';
import { inspectConnectionFile, type InspectedConnection } from '../secrets/inspect.ts';
import { loadWorkspace } from '../workspace/load-workspace.ts';
import { readFolder } from '../workspace/read-folder.ts';
import { SHARED, secretPath, type Workspace } from '../workspace/workspace.ts';
import { NotFoundError, UsageError } from './exit.ts';
import { findWorkspace } from './find-workspace.ts';
import { identitySource } from './identities.ts';
import type { KeyOptions } from './options.ts';
import { replaceFile } from '../runner/replace-file.ts';

/** The secrets of a workspace, and what is needed to understand them. */
export interface SecretFiles {
  folder: string;
  workspace: Workspace;
  catalog: Catalog;
}

/** One connection, or one credential that accounts share, that has a secrets file and is in order. */
export interface SecretFile {
  /** `shared` of what accounts share. */
  account: string;
  connection: string;
  /** Path below the workspace. */
  path: string;
  text: string;
  /** What the file says without a key. */
  inspected: InspectedConnection;
  /** The age public keys of the account, or of what accounts share. */
  recipients: string[];
  connector: Connector;
  spec: ConnectionSpec;
  /** The connection's fields that are not secret. */
  fields: JsonObject;
}

/** Reads the workspace, without compiling it. Throws `UsageError` where there is none. */
export async function readSecretFiles(options: { workspace?: string }): Promise<SecretFiles> {
  const folder = findWorkspace(options.workspace);
  const { workspace } = loadWorkspace(readFolder(folder));
  const own = new Map([...workspace.connectors].map(([name, source]) => [name, source.value]));
  return { folder, workspace, catalog: extendCatalog(builtinCatalog(), own) };
}

/**
 * The secrets files of all accounts and of what they share, of one account or of `shared`, or of one connection. Throws
 * `UsageError` where an account or connection is not there, and `SecretError` where a file is not as it must be.
 */
export function selectSecretFiles(secrets: SecretFiles, account?: string, connection?: string): SecretFile[] {
  const { workspace } = secrets;
  const names = account === undefined ? [...workspace.accounts.keys(), SHARED] : [account];
  return names.flatMap((name) => {
    const connections = connectionsIn(workspace, name);
    if (connections === undefined) {
      const known = [...workspace.accounts.keys()].join(', ') || 'none';
      throw new UsageError(`there is no valid automations/${name}/account.json`, `accounts: ${known}`);
    }
    if (connection !== undefined && !connections.has(connection))
      throw unknownConnection(name, connection, connections);
    return [...connections]
      .filter(([one]) => connection === undefined || one === connection)
      .flatMap(([one, kept]) => secretFile(secrets, name, one, kept) ?? []);
  });
}

/** One connection's file. Throws as `selectSecretFiles` does, and `NotFoundError` where it has none. */
export function findSecretFile(secrets: SecretFiles, account: string, connection: string): SecretFile {
  const [file] = selectSecretFiles(secrets, account, connection);
  if (file !== undefined) return file;
  const path = secretPath(account, connection);
  throw new NotFoundError(`there is no ${path}`, `make it: waybill connect ${account} ${connection}`);
}

/** Opens a file with the keys that the options name. Throws `SecretError`. */
export async function openSecretFile(
  { account, connection, text }: SecretFile,
  options: KeyOptions,
): Promise<OpenedConnection> {
  return openConnectionFile(text, { account, connection, identities: await identitySource(options)(account) });
}

/** Writes another text in a file's place. */
export async function writeSecretFile({ folder }: SecretFiles, { path }: SecretFile, text: string): Promise<void> {
  await replaceFile(join(folder, path), text);
}

/** What is said of a connection beside its secrets file, and who can read that. */
interface Described {
  connector: string;
  fields: JsonObject;
  recipients: string[];
}

/** The connections of an account, or the credentials that accounts share; `undefined` where there is no such account. */
function connectionsIn({ accounts, config }: Workspace, name: string): Map<string, Described> | undefined {
  if (name === SHARED) {
    const shared = Object.entries(config?.value.shared ?? {});
    return new Map(shared.map(([one, { fields = {}, ...value }]) => [one, { ...value, fields }]));
  }
  const source = accounts.get(name);
  if (source === undefined) return undefined;
  const { recipients } = source.value;
  return new Map(
    Object.entries(connectionsOf(source)).map(([one, { connector, fields = {} }]) => [
      one,
      { connector, fields, recipients },
    ]),
  );
}

function unknownConnection(name: string, connection: string, known: ReadonlyMap<string, unknown>): UsageError {
  const names = [...known.keys()].join(', ') || 'none';
  if (name === SHARED)
    return new UsageError(`waybill.json has no shared credential ${connection}`, `shared credentials: ${names}`);
  return new UsageError(`the account ${name} has no connection ${connection}`, `connections: ${names}`);
}

function secretFile(
  { workspace, catalog }: SecretFiles,
  account: string,
  connection: string,
  { connector: service, fields, recipients }: Described,
): SecretFile | undefined {
  const path = secretPath(account, connection);
  const text = workspace.secrets.get(path);
  const connector = catalog.get(service);
  if (text === undefined || connector?.connection === undefined) return undefined;
  const inspection = inspectConnectionFile(text);
  if (!inspection.ok) throw inspection.error;
  return {
    account,
    connection,
    path,
    text,
    inspected: inspection.file,
    recipients,
    connector,
    spec: connector.connection,
    fields: fieldsWithDefaults(connector.connection, fields),
  };
}
