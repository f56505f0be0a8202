import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import type { Failure, Outcome } from '../run/failure.ts';
import type { RunRecord } from '../run/records.ts';
import type { Durable } from './durable.ts';
import type { PreparedCall } from './prepared-plan.ts';
import { inputOf } from './step-input.ts';

/** What a step that calls another automation comes to. */
export type CallEnd = { ok: true; output: Json | undefined } | { ok: false; failure: Failure };

/** Calls another automation. `path` names the step within the run. */
export async function performCall(
  prepared: PreparedCall,
  path: string,
  scope: JsonObject,
  durable: Durable,
): Promise<CallEnd> {
  const { step } = prepared;
  const input = inputOf(prepared, path, scope);
  if (!input.ok) return input;
  const outcome = await durable.call({
    key: { step: path, attempt: 1 },
    automation: step.automation,
    plan: step.plan,
    trigger: step.input === undefined ? {} : { input: input.output },
    input: input.output,
    waits: step.wait_for_end,
  });
  if (!outcome.ok) return outcome;
  const started = isJsonObject(outcome.output) ? outcome.output : {};
  return { ok: true, output: step.wait_for_end ? started['output'] : started };
}

/** The outcome of a call that does not wait. */
export function startedOutcome(run: string): Outcome {
  return { ok: true, output: { run } };
}

/** The outcome of a call that waited for the run: its output, or its failure as that of the step. */
export function calledOutcome({
  id,
  automation,
  output,
  failure,
}: Pick<RunRecord, 'id' | 'automation' | 'output' | 'failure'>): Outcome {
  if (failure === undefined) return { ok: true, output: { run: id, ...(output === undefined ? {} : { output }) } };
  // Which step of that run it was is for that run to say.
  const { step: _step, ...cause } = failure;
  const message = `the run ${id} of ${automation} failed: ${failure.message}`;
  return { ok: false, failure: { ...cause, message, run: id, help: failure.help ?? `waybill runs show ${id}` } };
}
