import { SecretError } from './secret-error.ts';
import { UNENCRYPTED_SUFFIX, type SopsMetadata } from './sops-metadata.ts';
import { DATA_KEY_LENGTH } from './data-key.ts';
import { readEncryptedValue } from './sops-value.ts';

/** Bytes of the MAC: a SHA-512 in hex. */
const MAC_LENGTH = 128;
/** Bytes of an age payload around its content: the nonce and the tag (https://age-encryption.org/v1). */
const PAYLOAD_EXTRA = 16 + 16;
/** Kind of recipient to the stanza that wraps a file key for it. */
const STANZAS = { age1pq1: 'mlkem768x25519', age1: 'X25519' };
const RECIPIENT = /^(age1pq1|age1)[02-9ac-hj-np-z]{58,}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Demands of the metadata what a connection's file of ours, or of real sops, has. Needs no key. Throws `SecretError`. */
export function inspectMetadata({ rule, age, mac, lastmodified, version }: SopsMetadata): void {
  if (rule.kind !== 'unencrypted_suffix' || rule.suffix !== UNENCRYPTED_SUFFIX)
    throw refusal('sops_unknown_metadata', `the rule must be unencrypted_suffix ${UNENCRYPTED_SUFFIX}`);
  if (!TIME.test(lastmodified) || Number.isNaN(Date.parse(lastmodified)))
    throw refusal('sops_unknown_metadata', 'the time must be one of RFC 3339, in seconds and UTC', 'lastmodified');
  if (!/^\d+\.\d+\.\d+$/.test(version))
    throw refusal('sops_unknown_metadata', 'the version must be major.minor.patch', 'version');
  const { data, type } = readEncryptedValue(mac, ['sops', 'mac']);
  if (type !== 'str' || data.length !== MAC_LENGTH)
    throw refusal('sops_bad_value', `the MAC must have ${MAC_LENGTH} bytes, not ${data.length}`, 'mac');
  for (const { recipient, enc } of age) inspectWrappedKey(recipient, enc);
  if (new Set(age.map(({ recipient }) => recipient)).size < age.length)
    throw refusal('sops_unknown_metadata', 'a recipient stands twice', 'age');
}

/** That the data key is wrapped as age does it for this kind of recipient; for whom, only their key can tell. */
function inspectWrappedKey(recipient: string, enc: string): void {
  const [, kind] = RECIPIENT.exec(recipient) ?? [];
  if (kind !== 'age1' && kind !== 'age1pq1')
    throw refusal('sops_unknown_metadata', 'a recipient is no age public key', 'age');
  const [, armored = ''] =
    /^-----BEGIN AGE ENCRYPTED FILE-----\n([A-Za-z0-9+/=\n]+)\n-----END AGE ENCRYPTED FILE-----\n?$/.exec(enc) ?? [];
  const bytes = Buffer.from(armored, 'base64').toString('latin1');
  const [, stanza, payload] =
    /^age-encryption\.org\/v1\n-> (\S+)[^\n]*\n[^-]+\n--- [^\n]{43}\n([^]*)$/.exec(bytes) ?? [];
  if (stanza !== STANZAS[kind] || payload?.length !== DATA_KEY_LENGTH + PAYLOAD_EXTRA)
    throw refusal('sops_bad_value', 'the data key is not wrapped as age wraps it for this recipient', 'age');
}

function refusal(code: 'sops_unknown_metadata' | 'sops_bad_value', message: string, key?: string): SecretError {
  return new SecretError(code, message, { path: key === undefined ? ['sops'] : ['sops', key] });
}
