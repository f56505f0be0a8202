import { CallFailure, permanent } from '../../connectors/call-failure.ts';
import type { ConnectedCall } from '../../connectors/token-call.ts';
import type { FailureCode } from '../../run/failure-code.ts';
import type { GrantRecord } from '../../store/records.ts';

/** Tells how a person consents: a page of the runner, and a command. */
export type HowToConsent = (account: string, connection: string) => string;

export function missingFailure(call: ConnectedCall, how: HowToConsent): CallFailure {
  return credential(call, 'grant_missing', `nobody has consented at ${call.connector.title} yet`, how);
}

export function endedFailure(call: ConnectedCall, { status, reason }: GrantRecord, how: HowToConsent): CallFailure {
  if (status === 'revoked')
    return credential(call, 'grant_revoked', 'it was given back with waybill oauth revoke', how);
  return credential(
    call,
    'grant_expired',
    `its consent is over: ${reason ?? 'the service does not take it any more'}`,
    how,
  );
}

export function scopesFailure(call: ConnectedCall, missing: readonly string[], how: HowToConsent): CallFailure {
  return credential(call, 'scope_missing', `its consent lacks ${missing.join(', ')}`, how);
}

/** A connector that was changed to name another host cannot carry a token there. */
export function hostsFailure(call: ConnectedCall, granted: readonly string[], how: HowToConsent): CallFailure {
  const { account, connection } = call;
  const others = connection.plan.hosts.filter((host) => !granted.includes(host));
  return permanent(
    'host_not_granted',
    `the tokens of the connection ${connection.name} of account ${account} may not be sent to ${others.join(', ')}`,
    `consent was given for ${granted.join(', ')}; if the new host is right, ${how(account, connection.name)}`,
  );
}

function credential(
  { account, connection }: ConnectedCall,
  code: FailureCode,
  why: string,
  how: HowToConsent,
): CallFailure {
  return new CallFailure({
    class: 'credential',
    code,
    message: `the connection ${connection.name} of account ${account} cannot be used: ${why}`,
    help: how(account, connection.name),
  });
}
