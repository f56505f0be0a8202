import type { ActionCall } from './action-call.ts';
import type { Answer } from './failures.ts';
import type { BuiltRequest } from './request.ts';

/** Nobody waits longer for a token, whatever the step's own timeout is: others may wait for the same one. */
const TIMEOUT_MS = 30_000;

/** A call through a connection. */
export type ConnectedCall = ActionCall & Required<Pick<ActionCall, 'connection'>>;

/** Sends the request for a token. Throws `CallFailure`. */
export type SendTokenRequest = (call: ActionCall, request: BuiltRequest) => Promise<Answer>;

/** The call that a request for a token belongs to: it changes nothing, whatever the action that needs it does. */
export function tokenCall<Call extends ActionCall>(call: Call): Call {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return { ...call, action: { effect: 'read', input: {}, output: {} }, signal };
}
