import { hostAllowed } from '../connectors/hosts.ts';
import { openConnection } from '../secrets/connection-file.ts';
import type { Credential } from '../secrets/credential.ts';
import type { IdentitySource } from '../secrets/identity-source.ts';
import { SHARED } from '../workspace/workspace.ts';

/** The secrets files that a connection's credential is made of, as they are in git. */
export interface CredentialFiles {
  own: string | undefined;
  /** Of the credential that accounts share, if the connection names one. */
  shared: { name: string; text: string } | undefined;
}

/** Opens the files of a connection, its own fields before those that accounts share. Throws `SecretError`. */
export async function openCredential(
  { own, shared }: CredentialFiles,
  { account, connection }: { account: string; connection: string },
  identities: IdentitySource,
): Promise<Credential> {
  const open = async (text: string, owner: string, name: string): Promise<Credential> =>
    openConnection(text, { account: owner, connection: name, identities: await identities(account) });
  const opened = own === undefined ? undefined : await open(own, account, connection);
  if (shared === undefined) return opened ?? { fields: {}, hosts: [] };
  const common = await open(shared.text, SHARED, shared.name);
  if (opened === undefined) return common;
  // Neither may be sent where the other may not.
  const hosts = opened.hosts.filter((host) => hostAllowed(host, common.hosts) || common.hosts.includes(host));
  return { fields: { ...common.fields, ...opened.fields }, hosts };
}
