import { SecretError } from './secret-error.ts';
import { isEncryptedPath, readMetadata } from './sops-metadata.ts';
import { readSopsTree, type SopsTree } from './sops-tree.ts';
import { readEncryptedValue } from './sops-value.ts';

/** What can be known of a connection's file without any private key. */
export type Inspection =
  | { ok: true; account: string; connection: string; fields: string[]; recipients: string[] }
  | { ok: false; error: SecretError };

/** The field beside the secret ones that holds the hosts which they may be sent to. */
export const HOSTS_FIELD = 'hosts';

/** Proves the structure of a connection's file and that nothing in it is plain text. Needs no key. */
export function inspectConnectionFile(text: string): Inspection {
  try {
    return inspect(text);
  } catch (error) {
    if (error instanceof SecretError) return { ok: false, error };
    throw error;
  }
}

function inspect(text: string): Inspection {
  const root = readSopsTree(text);
  const metadata = readMetadata(root);
  const [account, accountTree] = onlyEntry(root, 'account');
  const [connection, fieldsTree] = onlyEntry(accountTree, 'connection');
  if (fieldsTree.kind !== 'object') throw badFile('the connection must hold its fields', [account, connection]);
  for (const [field, value] of fieldsTree.entries) {
    const path = [account, connection, field];
    if (!isEncryptedPath(metadata.rule, path))
      throw new SecretError('sops_plain_value', 'this value is not encrypted', { path });
    for (const item of value.kind === 'array' ? value.items : [value]) requireEncrypted(item, path);
  }
  const fields = fieldsTree.entries.map(([field]) => field).filter((field) => field !== HOSTS_FIELD);
  return { ok: true, account, connection, fields, recipients: metadata.age.map(({ recipient }) => recipient) };
}

/** The one entry besides the metadata. */
function onlyEntry(tree: SopsTree, what: string): [string, SopsTree] {
  const entries = tree.kind === 'object' ? tree.entries.filter(([key]) => key !== 'sops') : [];
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) throw badFile(`the file must hold exactly one ${what}`, []);
  return entry;
}

function requireEncrypted(item: SopsTree, path: string[]): void {
  if (item.kind !== 'string') throw new SecretError('sops_plain_value', 'this value is not encrypted', { path });
  if (item.value === '') throw badFile('a secret field must not be empty', path);
  if (!item.value.startsWith('ENC['))
    throw new SecretError('sops_plain_value', 'this value is not encrypted', { path });
  readEncryptedValue(item.value, path);
}

function badFile(message: string, path: string[]): SecretError {
  return new SecretError('bad_connection_file', message, { path, help: 'write it again with `waybill connect`' });
}
