import type { ActionCall, ActionCaller } from '../connectors/action-call.ts';
import type { Plan } from '../generated/plan.ts';
import type { Failure, Outcome } from '../run/failure.ts';
import type { Credential, CredentialSource } from '../secrets/credential.ts';

/** Makes a call through a connection of the plan, with the credential opened now; without a name, through none. */
export async function callThrough(
  { caller, credentials }: { caller: ActionCaller; credentials: CredentialSource },
  { account, connections }: Plan,
  name: string | undefined,
  call: Omit<ActionCall, 'connection'>,
): Promise<Outcome> {
  const connection = name === undefined ? undefined : connections[name];
  if (name === undefined || connection === undefined) return caller.call(call);
  let credential: Credential;
  try {
    credential = await credentials.credential(account, name, connection.shared);
  } catch (error) {
    if (connection.secrets.length > 0) return { ok: false, failure: credentialFailure(error, name, account) };
    credential = { fields: {}, hosts: [] };
  }
  return caller.call({ ...call, connection: { name, plan: connection, credential } });
}

function credentialFailure(error: unknown, connection: string, account: string): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const help =
    error instanceof Error && 'help' in error && typeof error.help === 'string'
      ? error.help
      : `waybill connect ${account} ${connection} --web`;
  return {
    class: 'credential',
    code: 'credential_not_opened',
    message: `the connection ${connection} of account ${account} cannot be opened: ${message}`,
    help,
  };
}
