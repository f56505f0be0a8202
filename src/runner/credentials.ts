import { openConnection } from '../secrets/connection-file.ts';
import type { Credential, CredentialSource } from '../secrets/credential.ts';
import type { IdentitySource } from '../secrets/identity-source.ts';
import { SecretError } from '../secrets/secret-error.ts';
import { secretPath } from '../workspace/workspace.ts';

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
    for (const [path, { text }] of this.opened) if (secrets.get(path) !== text) this.opened.delete(path);
  }

  credential(account: string, connection: string): Promise<Credential> {
    const path = secretPath(account, connection);
    const text = this.secrets.get(path);
    if (text === undefined) {
      const help = `waybill connect ${account} ${connection}`;
      return Promise.reject(new SecretError('secret_missing', `there is no ${path}`, { help }));
    }
    const known = this.opened.get(path);
    if (known?.text === text) return known.credential;
    const credential = this.open(text, account, connection);
    const entry = { text, credential };
    this.opened.set(path, entry);
    // A key that is put in its place later opens it then.
    credential.catch(() => this.opened.get(path) === entry && this.opened.delete(path));
    return credential;
  }

  private async open(text: string, account: string, connection: string): Promise<Credential> {
    return openConnection(text, { account, connection, identities: await this.identities(account) });
  }
}
