import { isJsonObject, type Json } from '../json/value.ts';
import type { Credential } from './credential.ts';
import { inspectConnectionFile } from './inspect.ts';
import { HOSTS_FIELD, writeSealedHosts } from './sealed-hosts.ts';
import { SecretError } from './secret-error.ts';
import { decryptSops, encryptSops } from './sops.ts';

export interface ConnectionToSeal {
  account: string;
  connection: string;
  /** Secret fields by name. */
  fields: { [name: string]: string };
  /** The only hosts that they may be sent to. */
  hosts: readonly string[];
  /** age public keys of the account. */
  recipients: readonly string[];
  now: Date;
}

/**
 * Writes `secrets/<account>/<connection>.json`: a SOPS file in which account and connection are part of what is
 * authenticated, and the hosts stand readable, sealed with the fields by the MAC. Needs public keys only. Throws
 * `SecretError` where a host is none.
 */
export async function sealConnection(connection: ConnectionToSeal): Promise<string> {
  const fields = { ...connection.fields, [HOSTS_FIELD]: writeSealedHosts(connection.hosts) };
  return encryptSops(
    { [connection.account]: { [connection.connection]: fields } },
    connection.recipients,
    connection.now,
  );
}

/**
 * Opens a connection's file for exactly this account and connection. Throws `SecretError`: `wrong_account` where the
 * file was made for another one, and what `decryptSops` throws.
 */
export async function openConnection(
  text: string,
  expected: { account: string; connection: string; identities: readonly string[] },
): Promise<Credential> {
  const inspection = inspectConnectionFile(text);
  if (!inspection.ok) throw inspection.error;
  const { account, connection, hosts } = inspection.file;
  if (account !== expected.account || connection !== expected.connection) {
    throw new SecretError(
      'wrong_account',
      `the file belongs to the connection ${account}/${connection}, not to ${expected.account}/${expected.connection}`,
      {
        help: `connect again: waybill connect ${expected.account} ${expected.connection}`,
      },
    );
  }
  const document = await decryptSops(text, expected.identities);
  // The hosts were read from the text whose MAC now holds.
  return { fields: secretFields(valueAt(valueAt(document, account), connection)), hosts };
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
