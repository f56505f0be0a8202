import { HOSTS_FIELD, readSealedHosts } from './sealed-hosts.ts';
import { SecretError } from './secret-error.ts';
import { inspectMetadata } from './inspect-metadata.ts';
import { readMetadata, UNENCRYPTED_SUFFIX } from './sops-metadata.ts';
import { childOf, readSopsTree, type SopsTree } from './sops-tree.ts';
import { readEncryptedValue } from './sops-value.ts';

/** What can be known of a connection's file without any private key. */
export type Inspection = { ok: true; file: InspectedConnection } | { ok: false; error: SecretError };

export interface InspectedConnection {
  account: string;
  connection: string;
  /** Names of the secret fields. */
  fields: string[];
  /** The hosts that they may be sent to, as the file says; only who opens it knows that nobody changed them. */
  hosts: string[];
  recipients: string[];
  /** RFC 3339. */
  lastmodified: string;
}

/** Proves the structure of a connection's file and that nothing in it is plain text but the hosts. Needs no key. */
export function inspectConnectionFile(text: string): Inspection {
  try {
    return { ok: true, file: inspect(text) };
  } catch (error) {
    if (error instanceof SecretError) return { ok: false, error };
    throw error;
  }
}

function inspect(text: string): InspectedConnection {
  const root = readSopsTree(text);
  const metadata = readMetadata(root);
  inspectMetadata(metadata);
  const [account, accountTree] = onlyEntry(root, 'account');
  const [connection, tree] = onlyEntry(accountTree, 'connection');
  const path = [account, connection];
  if (tree.kind !== 'object') throw badFile('the connection must hold its fields', path);
  const hosts = readSealedHosts(childOf(tree, HOSTS_FIELD), [...path, HOSTS_FIELD]);
  const secret = tree.entries.filter(([field]) => field !== HOSTS_FIELD);
  for (const [field, value] of secret) requireEncrypted(value, [...path, field]);
  return {
    account,
    connection,
    fields: secret.map(([field]) => field),
    hosts,
    recipients: metadata.age.map(({ recipient }) => recipient),
    lastmodified: metadata.lastmodified,
  };
}

/** The one entry besides the metadata. */
function onlyEntry(tree: SopsTree, what: string): [string, SopsTree] {
  const entries = tree.kind === 'object' ? tree.entries.filter(([key]) => key !== 'sops') : [];
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) throw badFile(`the file must hold exactly one ${what}`, []);
  return entry;
}

function requireEncrypted(item: SopsTree, path: string[]): void {
  if (path.some((key) => key.endsWith(UNENCRYPTED_SUFFIX)))
    throw new SecretError(
      'sops_plain_value',
      `a value below a name that ends with ${UNENCRYPTED_SUFFIX} is not encrypted`,
      { path },
    );
  if (item.kind === 'array') throw badFile('a secret field must be a text', path);
  if (item.kind !== 'string') throw new SecretError('sops_plain_value', 'this value is not encrypted', { path });
  if (item.value === '') throw badFile('a secret field must not be empty', path);
  if (!item.value.startsWith('ENC['))
    throw new SecretError('sops_plain_value', 'this value is not encrypted', { path });
  const { type, data } = readEncryptedValue(item.value, path);
  if (type !== 'str' || data.length === 0) throw badFile('a secret field must be a text', path);
}

function badFile(message: string, path: string[]): SecretError {
  return new SecretError('bad_connection_file', message, { path, help: 'write it again with `waybill connect`' });
}
