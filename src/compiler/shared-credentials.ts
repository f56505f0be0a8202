import type { AccountConnection } from '../generated/account.ts';
import type { SharedCredential } from '../generated/waybill.ts';
import { inspectConnectionFile, type Inspection } from '../secrets/inspect.ts';
import { SHARED, secretPath, type Workspace } from '../workspace/workspace.ts';

/** A credential that accounts share, as waybill.json has it, and what is known of its file without a key. */
export interface SharedCredentialSource {
  value: SharedCredential;
  /** Absent where there is no file. */
  inspection: Inspection | undefined;
}

/** Those of waybill.json, by name. */
export type SharedCredentials = ReadonlyMap<string, SharedCredentialSource>;

export function sharedCredentialsOf({ config, secrets }: Workspace): SharedCredentials {
  return new Map(
    Object.entries(config?.value.shared ?? {}).map(([name, value]) => {
      const text = secrets.get(secretPath(SHARED, name));
      return [name, { value, inspection: text === undefined ? undefined : inspectConnectionFile(text) }];
    }),
  );
}

/** Whether a secrets file is one that accounts share. */
export function isSharedSecret(path: string): boolean {
  return path.startsWith(`secrets/${SHARED}/`);
}

/** Names of the secret fields that a connection has from a shared credential. */
export function sharedFields(shared: SharedCredentials, { shared: name }: AccountConnection): string[] {
  const inspection = name === undefined ? undefined : shared.get(name)?.inspection;
  return inspection?.ok === true ? inspection.file.fields : [];
}
