import type { PlanAction, PlanConnection, PlanConnector } from '../generated/plan.ts';
import type { Json, JsonObject } from '../json/value.ts';
import type { Outcome } from '../run/failure.ts';
import type { Credential } from '../secrets/credential.ts';

/** One call of an action that is an HTTP request. */
export interface ActionCall {
  account: string;
  /** Name of the connector, such as `anthropic`. */
  service: string;
  connector: PlanConnector;
  action: PlanAction;
  /** Absent where the connector needs no connection. */
  connection?: { name: string; plan: PlanConnection; credential: Credential };
  input: Json;
  /** What the requests of a subscription read of it. */
  subscription?: JsonObject;
  /** The same for every attempt of a step of a run; where the action takes one. */
  idempotencyKey?: string;
  /** Aborted at the step's timeout and when the runner stops. */
  signal: AbortSignal;
  /** Waits until the service's limits allow one more request, such as for a further page. */
  nextRequest?: () => Promise<void>;
}

/** Makes calls. Never throws: what goes wrong is an outcome with a failure in plain words and without a secret. */
export interface ActionCaller {
  call(call: ActionCall): Promise<Outcome>;
}
