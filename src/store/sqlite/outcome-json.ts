import { isJsonObject, type Json, type JsonObject } from '../../json/value.ts';
import { isFailureCode } from '../../run/failure-code.ts';
import type { Failure, FailureClass, Outcome } from '../../run/failure.ts';

/** Reads an outcome back from the JSON that `JSON.stringify` made of it. Throws `TypeError` where it is none. */
export function readOutcome(json: Json): Outcome {
  if (!isJsonObject(json)) throw damaged('outcome');
  if (json['ok'] === true) {
    const { output = null, warnings } = json;
    const words = Array.isArray(warnings) ? warnings.filter((word) => typeof word === 'string') : [];
    return { ok: true, output, ...(words.length === 0 ? {} : { warnings: words }) };
  }
  return { ok: false, failure: readFailure(json['failure'] ?? null) };
}

/** Reads a failure back. Throws `TypeError` where it is none. */
export function readFailure(json: Json): Failure {
  if (!isJsonObject(json)) throw damaged('failure');
  const failureClass = CLASSES.find((name) => name === json['class']);
  const { code, message } = json;
  if (failureClass === undefined || !isFailureCode(code) || typeof message !== 'string') throw damaged('failure');
  return { class: failureClass, code, message, ...readFacts(json) };
}

/** Whether nobody knows what took place. */
export function isUncertain(outcome: Outcome): boolean {
  return !outcome.ok && outcome.failure.class === 'uncertain';
}

const CLASSES: readonly FailureClass[] = ['permanent', 'retryable', 'credential', 'uncertain'];

function readFacts(json: JsonObject): Pick<Failure, 'step' | 'run' | 'help' | 'status' | 'details' | 'retryAfterMs'> {
  const { step, run, help, status, details, retryAfterMs } = json;
  return {
    ...(typeof step === 'string' ? { step } : {}),
    ...(typeof run === 'string' ? { run } : {}),
    ...(typeof help === 'string' ? { help } : {}),
    ...(typeof status === 'number' ? { status } : {}),
    ...(details === undefined ? {} : { details }),
    ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
  };
}

function damaged(what: string): TypeError {
  return new TypeError(
    `The store holds ${what === 'outcome' ? 'an' : 'a'} ${what} that is none. The data folder is damaged.`,
  );
}
