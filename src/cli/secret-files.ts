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
import { secretPath, type Workspace } from '../workspace/workspace.ts';
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

/** One connection that has a secrets file, of an account that is in order. */
export interface SecretFile {
  account: string;
  connection: string;
  /** Path below the workspace. */
  path: string;
  text: string;
  /** What the file says without a key. */
  inspected: InspectedConnection;
  /** The account's age public keys. */
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
 * The secrets files of all accounts, of one, or of one connection. Throws `UsageError` where an account or connection is
 * not there, and `SecretError` where a file is not as it must be.
 */
export function selectSecretFiles(secrets: SecretFiles, account?: string, connection?: string): SecretFile[] {
  const { workspace } = secrets;
  const names = account === undefined ? [...workspace.accounts.keys()] : [account];
  return names.flatMap((name) => {
    const source = workspace.accounts.get(name);
    if (source === undefined) {
      const known = [...workspace.accounts.keys()].join(', ') || 'none';
      throw new UsageError(`there is no valid automations/${name}/account.json`, `accounts: ${known}`);
    }
    const connections = Object.keys(connectionsOf(source));
    if (connection !== undefined && !connections.includes(connection))
      throw new UsageError(
        `the account ${name} has no connection ${connection}`,
        `connections: ${connections.join(', ') || 'none'}`,
      );
    return connections
      .filter((one) => connection === undefined || one === connection)
      .flatMap((one) => secretFile(secrets, name, one) ?? []);
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

function secretFile({ workspace, catalog }: SecretFiles, account: string, connection: string): SecretFile | undefined {
  const source = workspace.accounts.get(account);
  const path = secretPath(account, connection);
  const text = workspace.secrets.get(path);
  const connector = source && catalog.get(connectionsOf(source)[connection]?.connector ?? '');
  if (source === undefined || text === undefined || connector?.connection === undefined) return undefined;
  const inspection = inspectConnectionFile(text);
  if (!inspection.ok) throw inspection.error;
  const { recipients } = source.value;
  return {
    account,
    connection,
    path,
    text,
    inspected: inspection.file,
    recipients,
    connector,
    spec: connector.connection,
    fields: fieldsWithDefaults(connector.connection, connectionsOf(source)[connection]?.fields ?? {}),
  };
}
