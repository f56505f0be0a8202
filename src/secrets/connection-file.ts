import { isJsonObject, type Json } from '../json/value.ts';
import type { Credential } from './credential.ts';
import { inspectConnectionFile } from './inspect.ts';
import { HOSTS_FIELD, writeSealedHosts } from './sealed-hosts.ts';
import { SecretError } from './secret-error.ts';
import { openSops, rewriteSops, type OpenedSops } from './sops-edit.ts';
import { readSopsTree, treeToJson, type SopsTree } from './sops-tree.ts';
import { encryptSops } from './sops.ts';

export interface ConnectionToSeal extends Credential {
  account: string;
  connection: string;
  /** age public keys of the account. */
  recipients: readonly string[];
  now: Date;
}

/** A connection's file that was opened, with what is needed to write it again. */
export interface OpenedConnection {
  account: string;
  connection: string;
  credential: Credential;
  sops: OpenedSops;
}

/** Whose file it must be, and what opens it. */
export interface ExpectedConnection {
  account: string;
  connection: string;
  identities: readonly string[];
}

/**
 * Writes `secrets/<account>/<connection>.json`: a SOPS file in which account and connection are part of what is
 * authenticated, and the hosts stand readable, sealed with the fields by the MAC. Needs public keys only. Throws
 * `SecretError` where a host is none.
 */
export async function sealConnection(connection: ConnectionToSeal): Promise<string> {
  return encryptSops(documentOf(connection, connection), connection.recipients, connection.now);
}

/** The credential of exactly this account and connection. Throws what `openConnectionFile` throws. */
export async function openConnection(text: string, expected: ExpectedConnection): Promise<Credential> {
  return (await openConnectionFile(text, expected)).credential;
}

/**
 * Opens a connection's file for exactly this account and connection. Throws `SecretError`: `wrong_account` where the
 * file was made for another one, and what `openSops` throws.
 */
export async function openConnectionFile(text: string, expected: ExpectedConnection): Promise<OpenedConnection> {
  const inspection = inspectConnectionFile(text);
  if (!inspection.ok) throw inspection.error;
  const { account, connection, hosts } = inspection.file;
  if (account !== expected.account || connection !== expected.connection) {
    throw new SecretError(
      'wrong_account',
      `the file belongs to the connection ${account}/${connection}, not to ${expected.account}/${expected.connection}`,
      {
        help: `connect again: waybill connect ${expected.account} ${expected.connection} --web`,
      },
    );
  }
  const sops = await openSops(text, expected.identities);
  const fields = secretFields(valueAt(valueAt(treeToJson(sops.plain), account), connection));
  // The hosts were read from the text whose MAC now holds.
  return { account, connection, credential: { fields, hosts }, sops };
}

/** The file with another credential in it; what stays has the same ciphertext. Throws `SecretError` where a host is none. */
export function rewriteConnection(opened: OpenedConnection, credential: Credential, now: Date): string {
  return rewriteSops(opened.sops, treeOf(documentOf(opened, credential)), now);
}

function documentOf({ account, connection }: { account: string; connection: string }, credential: Credential): Json {
  return {
    [account]: { [connection]: { ...credential.fields, [HOSTS_FIELD]: writeSealedHosts(credential.hosts) } },
  };
}

function treeOf(document: Json): SopsTree {
  return readSopsTree(JSON.stringify(document));
}

function valueAt(value: Json | undefined, key: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function secretFields(value: Json | undefined): Credential['fields'] {
  if (!isJsonObject(value)) throw new SecretError('bad_connection_file', 'the connection must hold its fields');
  const fields: Credential['fields'] = {};
  for (const [name, field] of Object.entries(value)) {
    if (name === HOSTS_FIELD) continue;
    if (typeof field !== 'string')
      throw new SecretError('bad_connection_file', 'a secret field must be a text', { path: [name] });
    fields[name] = field;
  }
  return fields;
}
