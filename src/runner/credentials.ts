import { openConnection } from '../secrets/connection-file.ts';
import type { Credential, CredentialSource } from '../secrets/credential.ts';
import { SecretError } from '../secrets/secret-error.ts';
import { secretPath } from '../workspace/workspace.ts';

/** Opens the secrets of the workspace that is deployed. What was opened is kept in memory as long as its file stays. */
export class WorkspaceCredentials implements CredentialSource {
  private readonly identities: readonly string[];
  private secrets: ReadonlyMap<string, string> = new Map();
  private readonly opened = new Map<string, { text: string; credential: Promise<Credential> }>();

  constructor(identities: readonly string[]) {
    this.identities = identities;
  }

  /** Takes the secrets files of a new deployment, by path. */
  use(secrets: ReadonlyMap<string, string>): void {
    this.secrets = secrets;
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
    const credential = openConnection(text, { account, connection, identities: this.identities });
    this.opened.set(path, { text, credential });
    return credential;
  }
}
