import type { ActionCaller } from '../connectors/action-call.ts';
import { storageOperation } from '../connectors/native/storage.ts';
import { lookUp } from '../connectors/native/table.ts';
import type { Plan } from '../generated/plan.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import type { Failure, Outcome } from '../run/failure.ts';
import type { AttemptKey, RunRecord } from '../run/records.ts';
import type { CredentialSource } from '../secrets/credential.ts';
import { callThrough } from './call-through.ts';
import type { AttemptCall, Durable } from './durable.ts';
import { idempotencyKey } from './idempotency-key.ts';
import type { PreparedAction } from './prepared-plan.ts';
import { waitBeforeRetry } from './retry.ts';
import { inputOf } from './step-input.ts';
import type { Timeout } from './timeout.ts';

/** What a run needs besides the engine. */
export interface Services {
  caller: ActionCaller;
  credentials: CredentialSource;
  /** 0 to 1, for jitter. */
  random(): number;
  /** Begins the time that a call has, which `stop` can cut short. */
  timeout(milliseconds: number, stop: AbortSignal): Timeout;
}

export interface ActionRun {
  plan: Plan;
  run: RunRecord;
  durable: Durable;
  services: Services;
}

/** Calls the action of a step, again where a failure passes. `path` names the step within the run. */
export async function performAction(
  prepared: PreparedAction,
  path: string,
  scope: JsonObject,
  context: ActionRun,
): Promise<Outcome> {
  const input = inputOf(prepared, path, scope);
  if (!input.ok) return input;
  const { step, action, limits, keyForMs } = prepared;
  const { durable, services } = context;
  const repeats = step.if_uncertain === 'repeat';
  /** The first attempt of which nobody knows whether it took place. */
  let since: AttemptKey | undefined;
  for (let attempt = 1; ; attempt++) {
    const key = { step: path, attempt };
    const outcome =
      action.native === 'storage'
        ? await durable.storage(key, input.output, storageOperation(step.action, asObject(input.output)))
        : await durable.attempt({
            key,
            effect: repeats ? 'idempotent' : step.effect,
            input: input.output,
            limits: limits(input.output),
            ...(keyForMs === undefined ? {} : { repeatable: { since: since ?? key, forMs: keyForMs } }),
            perform: performer(prepared, input.output, path, context),
          });
    if (outcome.ok) return outcome;
    const unsure = outcome.failure.class === 'uncertain';
    if (unsure) since ??= key;
    // The service does it once, as long as it knows the key; or its author said that twice is better than not at all.
    const passes = unsure && (repeats || (keyForMs !== undefined && outcome.failure.code !== 'interrupted'));
    const failure: Failure = passes ? { ...outcome.failure, class: 'retryable' } : outcome.failure;
    const wait = waitBeforeRetry(failure, attempt, step.retry.attempts, () => services.random());
    if (wait === undefined) return outcome;
    await durable.sleep(key, wait);
  }
}

function performer(
  { step, connector, action, keyForMs }: PreparedAction,
  input: Json,
  path: string,
  { run, plan, services }: ActionRun,
): AttemptCall['perform'] {
  return async (stop, nextRequest) => {
    if (action.native === 'table') return lookUpInPlan(plan, step.action, asObject(input));
    const timeout = services.timeout(step.timeout_ms, stop);
    const call = {
      account: run.account,
      service: step.connector,
      connector,
      action,
      input,
      ...(keyForMs === undefined ? {} : { idempotencyKey: idempotencyKey(run.id, path) }),
      signal: timeout.signal,
      nextRequest,
    };
    try {
      return await callThrough(services, plan, step.connection, call);
    } finally {
      timeout.clear();
    }
  };
}

/** Tables are a part of the plan: a run reads what was deployed. */
function lookUpInPlan({ tables = {} }: Plan, action: string, input: JsonObject): Outcome {
  const name = input['table'];
  const table = typeof name === 'string' ? tables[name] : undefined;
  if (table === undefined) throw new TypeError(`the plan lacks the table of ${action}`);
  return { ok: true, output: lookUp(action, input, table) };
}

function asObject(value: Json): JsonObject {
  return isJsonObject(value) ? value : {};
}
