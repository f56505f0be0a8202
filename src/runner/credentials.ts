import { hostAllowed } from '../connectors/hosts.ts';
import { openConnection } from '../secrets/connection-file.ts';
import type { Credential, CredentialSource } from '../secrets/credential.ts';
import type { IdentitySource } from '../secrets/identity-source.ts';
import { SecretError } from '../secrets/secret-error.ts';
import { SHARED, secretPath, sharedSecretOf } from '../workspace/workspace.ts';

/**
 * Opens the secrets of the workspace that is deployed. What was opened is kept in memory as long as its file stays; the
 * private keys are asked for at each opening and not kept.
 */
export class WorkspaceCredentials implements CredentialSource {
  private readonly identities: IdentitySource;
  private secrets: ReadonlyMap<string, string> = new Map();
  private readonly opened = new Map<string, { text: string; credential: Promise<Credential> }>();

  constructor(identities: IdentitySource) {
    this.identities = identities;
  }

  /** Takes the secrets files of a new deployment, by path. What was opened of others is forgotten. */
  use(secrets: ReadonlyMap<string, string>): void {
    this.secrets = secrets;
    for (const [path, { text }] of this.opened) {
      const texts = path.split('\n').map((one) => secrets.get(one) ?? '');
      if (texts.join('\n') !== text) this.opened.delete(path);
    }
  }

  credential(account: string, connection: string, shared?: string): Promise<Credential> {
    const path = secretPath(account, connection);
    const sharedPath = shared === undefined ? undefined : sharedSecretOf(account, shared);
    if (!this.secrets.has(sharedPath ?? path)) {
      const help = `waybill connect ${shared === undefined ? `${account} ${connection}` : `${SHARED} ${shared}`} --web`;
      return Promise.reject(new SecretError('secret_missing', `there is no ${sharedPath ?? path}`, { help }));
    }
    const paths = sharedPath === undefined ? [path] : [path, sharedPath];
    const [key, text] = [paths.join('\n'), paths.map((one) => this.secrets.get(one) ?? '').join('\n')];
    const known = this.opened.get(key);
    // The same object as long as nothing changes: tokens that were got for it go with it.
    if (known?.text === text) return known.credential;
    const credential = this.open(account, connection, shared);
    const entry = { text, credential };
    this.opened.set(key, entry);
    // A key that is put in its place later opens it then.
    credential.catch(() => this.opened.get(key) === entry && this.opened.delete(key));
    return credential;
  }

  private async open(account: string, connection: string, shared: string | undefined): Promise<Credential> {
    const own = this.secrets.get(secretPath(account, connection));
    const opened = own === undefined ? undefined : await this.openFile(own, account, connection);
    const others = shared === undefined ? undefined : this.secrets.get(sharedSecretOf(account, shared));
    if (shared === undefined || others === undefined) return opened ?? { fields: {}, hosts: [] };
    const common = await this.openFile(others, SHARED, shared);
    if (opened === undefined) return common;
    // Neither may be sent where the other may not.
    const hosts = opened.hosts.filter((host) => hostAllowed(host, common.hosts) || common.hosts.includes(host));
    return { fields: { ...common.fields, ...opened.fields }, hosts };
  }

  private async openFile(text: string, account: string, connection: string): Promise<Credential> {
    return openConnection(text, { account, connection, identities: await this.identities(account) });
  }
}
