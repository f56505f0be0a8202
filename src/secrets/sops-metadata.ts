import { SecretError } from './secret-error.ts';
import { childOf, treeToJson, withoutMetadata, type SopsTree } from './sops-tree.ts';

/** The `sops` part of a file, as far as Waybill allows it: age recipients, and one rule of what is encrypted. */
export interface SopsMetadata {
  age: { recipient: string; enc: string }[];
  /** RFC 3339, in seconds; the MAC's authenticated data. */
  lastmodified: string;
  mac: string;
  version: string;
  rule: { kind: 'unencrypted_suffix'; suffix: string } | { kind: 'encrypted_regex'; regex: string };
}

/** What sops leaves readable where nothing else is said, and what our files say. */
export const UNENCRYPTED_SUFFIX = '_unencrypted';

const KNOWN = new Set(['age', 'lastmodified', 'mac', 'version', 'unencrypted_suffix', 'encrypted_regex']);
/** Written by older versions of sops for services that are not used. */
const EMPTY_ALLOWED = new Set(['kms', 'gcp_kms', 'azure_kv', 'hc_vault', 'pgp']);

/** Reads and checks the metadata. Throws `SecretError`. */
export function readMetadata(root: SopsTree): SopsMetadata {
  const tree = childOf(root, 'sops');
  if (tree?.kind !== 'object') {
    throw new SecretError('sops_no_metadata', 'the file is not encrypted: it has no `sops` part', {
      help: 'write it with `waybill connect`, and change the credential if it was ever committed in plain text',
    });
  }
  for (const [key, value] of tree.entries) {
    if (!KNOWN.has(key) && !(EMPTY_ALLOWED.has(key) && isEmpty(value))) {
      throw new SecretError('sops_unknown_metadata', `the metadata \`${key}\` is not allowed`, { path: ['sops', key] });
    }
  }
  const mac = textOf(tree, 'mac');
  if (mac === undefined) throw new SecretError('sops_mac_missing', 'the file has no MAC', { path: ['sops', 'mac'] });
  return {
    age: readRecipients(childOf(tree, 'age')),
    lastmodified: required(tree, 'lastmodified'),
    mac,
    version: required(tree, 'version'),
    rule: readRule(tree),
  };
}

/** The document with this metadata, which stands last. */
export function withMetadata(root: SopsTree, metadata: SopsMetadata): SopsTree {
  const plain = withoutMetadata(root);
  const entries = plain.kind === 'object' ? plain.entries : [];
  return { kind: 'object', entries: [...entries, ['sops', metadataTree(metadata)]] };
}

/** A time as sops writes it: RFC 3339 in seconds. */
export function rfc3339(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The metadata as sops orders it. */
function metadataTree(metadata: SopsMetadata): SopsTree {
  const { rule } = metadata;
  const recipients = metadata.age.map(({ recipient, enc }): SopsTree => ({
    kind: 'object',
    entries: [
      ['enc', text(enc)],
      ['recipient', text(recipient)],
    ],
  }));
  const ruleEntry: [string, SopsTree] =
    rule.kind === 'encrypted_regex' ? ['encrypted_regex', text(rule.regex)] : ['unencrypted_suffix', text(rule.suffix)];
  const others: [string, SopsTree][] = [
    ['lastmodified', text(metadata.lastmodified)],
    ['mac', text(metadata.mac)],
    ['version', text(metadata.version)],
    ruleEntry,
  ];
  return {
    kind: 'object',
    entries: [
      ['age', { kind: 'array', items: recipients }],
      ...others.toSorted(([left], [right]) => (left < right ? -1 : 1)),
    ],
  };
}

/** Whether a value below these keys is encrypted. */
export function isEncryptedPath(rule: SopsMetadata['rule'], path: readonly string[]): boolean {
  if (rule.kind === 'unencrypted_suffix') return !path.some((key) => key.endsWith(rule.suffix));
  const regex = new RegExp(rule.regex);
  return path.some((key) => regex.test(key));
}

function text(value: string): SopsTree {
  return { kind: 'string', value };
}

function readRecipients(tree: SopsTree | undefined): SopsMetadata['age'] {
  const recipients = (tree?.kind === 'array' ? tree.items : []).map((item) => ({
    recipient: textOf(item, 'recipient'),
    enc: textOf(item, 'enc'),
  }));
  const complete = recipients.filter(
    (item): item is { recipient: string; enc: string } => item.recipient !== undefined && item.enc !== undefined,
  );
  if (complete.length === 0 || complete.length !== recipients.length) {
    throw new SecretError('sops_no_metadata', 'the metadata names no age recipients', { path: ['sops', 'age'] });
  }
  return complete;
}

function readRule(tree: SopsTree): SopsMetadata['rule'] {
  const regex = textOf(tree, 'encrypted_regex');
  const suffix = textOf(tree, 'unencrypted_suffix');
  if (regex !== undefined && suffix === undefined) return { kind: 'encrypted_regex', regex };
  if (suffix !== undefined && suffix !== '' && regex === undefined) return { kind: 'unencrypted_suffix', suffix };
  throw new SecretError(
    'sops_unknown_metadata',
    'the metadata must have either unencrypted_suffix or encrypted_regex',
    { path: ['sops'] },
  );
}

function required(tree: SopsTree, key: string): string {
  const value = textOf(tree, key);
  if (value === undefined)
    throw new SecretError('sops_no_metadata', `the metadata lacks \`${key}\``, { path: ['sops', key] });
  return value;
}

function textOf(tree: SopsTree, key: string): string | undefined {
  const value = childOf(tree, key);
  return value?.kind === 'string' ? value.value : undefined;
}

function isEmpty(tree: SopsTree): boolean {
  const value = treeToJson(tree);
  return value === null || (Array.isArray(value) && value.length === 0) || value === '';
}
