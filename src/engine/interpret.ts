import type { ActionCaller } from '../connectors/action-call.ts';
import { storageOperation } from '../connectors/native/storage.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { EvaluationError } from '../language/evaluation-error.ts';
import type { Failure, Outcome } from '../run/failure.ts';
import type { RunRecord } from '../run/records.ts';
import type { Credential, CredentialSource } from '../secrets/credential.ts';
import type { AttemptCall, Durable } from './durable.ts';
import type { PreparedPlan, PreparedStep } from './prepared-plan.ts';
import { waitBeforeRetry } from './retry.ts';

/** What a run needs besides the engine. */
export interface Services {
  caller: ActionCaller;
  credentials: CredentialSource;
  /** 0 to 1, for jitter. */
  random(): number;
}

/** How a run ends. */
export type RunResult = { status: 'succeeded'; output?: Json } | { status: 'failed' | 'uncertain'; failure: Failure };

/**
 * Runs a plan on a durable engine. The same run interpreted again gets the same outcomes for what had finished, and its
 * mappings are pure, so it comes to where it was.
 */
export async function interpretPlan(
  prepared: PreparedPlan,
  run: RunRecord,
  durable: Durable,
  services: Services,
): Promise<RunResult> {
  const { plan } = prepared;
  const steps: JsonObject = {};
  const scope: JsonObject = { trigger: run.trigger, account: { ...plan.context }, run: { id: run.id }, steps };
  for (const step of prepared.steps) {
    const outcome = await runStep(step, scope, run, prepared, durable, services);
    if (!outcome.ok) {
      const status = outcome.failure.class === 'uncertain' ? 'uncertain' : 'failed';
      return { status, failure: { ...outcome.failure, step: step.step.id } };
    }
    steps[step.step.id] = outcome.output;
  }
  if (prepared.output === undefined) return { status: 'succeeded' };
  try {
    return { status: 'succeeded', output: prepared.output(scope) ?? null };
  } catch (error) {
    return { status: 'failed', failure: mappingFailure(error, 'output') };
  }
}

async function runStep(
  prepared: PreparedStep,
  scope: JsonObject,
  run: RunRecord,
  plan: PreparedPlan,
  durable: Durable,
  services: Services,
): Promise<Outcome> {
  const input = inputOf(prepared, scope);
  if (!input.ok) return input;
  const { step, action } = prepared;
  for (let attempt = 1; ; attempt++) {
    const key = { step: step.id, attempt };
    const outcome =
      action.native === 'storage'
        ? await durable.storage(key, input.output, storageOperation(step.action, asObject(input.output)))
        : await durable.attempt({
            key,
            effect: step.effect,
            input: input.output,
            perform: performer(prepared, input.output, run, plan, services),
          });
    if (outcome.ok) return outcome;
    const wait = waitBeforeRetry(outcome.failure, attempt, step.retry.attempts, () => services.random());
    if (wait === undefined) return outcome;
    await durable.sleep(key, wait);
  }
}

/** Evaluates the step's mappings and checks its guard. */
function inputOf({ step, input, guard }: PreparedStep, scope: JsonObject): Outcome {
  let value: Json;
  try {
    value = input(scope) ?? {};
  } catch (error) {
    return { ok: false, failure: mappingFailure(error, step.id) };
  }
  const [issue] = guard?.(value) ?? [];
  if (issue === undefined) return { ok: true, output: value };
  const place = issue.pointer === '' ? 'the input' : `the value for \`${issue.pointer.slice(1).replaceAll('/', '.')}\``;
  return {
    ok: false,
    failure: {
      class: 'permanent',
      code: 'guard_failed',
      message: `step ${step.id}: ${place} ${issue.message}`,
      help: 'look at what the mapping got from its source',
    },
  };
}

function performer(
  { step, connector, action }: PreparedStep,
  input: Json,
  run: RunRecord,
  { plan }: PreparedPlan,
  { caller, credentials }: Services,
): AttemptCall['perform'] {
  return async (stop) => {
    const name = step.connection;
    const connection = name === undefined ? undefined : plan.connections[name];
    const timeout = AbortSignal.timeout(step.timeout_ms);
    const call = {
      account: run.account,
      service: step.connector,
      connector,
      action,
      input,
      signal: AbortSignal.any([stop, timeout]),
    };
    if (name === undefined || connection === undefined) return caller.call(call);
    let credential: Credential;
    try {
      credential = await credentials.credential(run.account, name);
    } catch (error) {
      if (connection.secrets.length > 0) return { ok: false, failure: credentialFailure(error, name, run.account) };
      credential = { fields: {}, hosts: [] };
    }
    return caller.call({ ...call, connection: { name, plan: connection, credential } });
  };
}

function mappingFailure(error: unknown, place: string): Failure {
  if (!(error instanceof EvaluationError)) throw error;
  const at = error.pointer === '' ? '' : ` \`${error.pointer.slice(1).replaceAll('/', '.')}\``;
  return {
    class: 'permanent',
    code: 'mapping_failed',
    message: `step ${place}: the mapping${at} has no value: ${error.message} (${error.code})`,
  };
}

function credentialFailure(error: unknown, connection: string, account: string): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const help =
    error instanceof Error && 'help' in error && typeof error.help === 'string'
      ? error.help
      : `waybill connect ${account} ${connection}`;
  return {
    class: 'credential',
    code: 'credential_not_opened',
    message: `the connection ${connection} of account ${account} cannot be opened: ${message}`,
    help,
  };
}

function asObject(value: Json): JsonObject {
  return isJsonObject(value) ? value : {};
}
