import type { TestAnswer, TestAnswers, TestCase } from '../generated/test.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import type { Failure } from '../run/failure.ts';
import { pathWithoutTries } from '../run/try-path.ts';
import type { FailureCode } from '../run/failure-code.ts';

/** A run as a runner shows it. */
export interface RecordedRun {
  trigger: Json;
  created_at: string;
  steps: RecordedStep[];
}

export interface RecordedStep {
  path: string;
  uses: string | undefined;
  status: string;
  attempts: { input: Json; output: Json | undefined; failure: Failure | undefined }[];
}

/** A run cannot be made a test: something in it does not happen in tests. */
export class NotRecordable extends Error {}

/**
 * What came into a run, as a case: what started it, what the account's storage held, and what each attempt came to. The
 * journal holds what an action made of an answer and not the answer, so that is what the case says too; failures are
 * answers and faults again. Throws `NotRecordable`.
 */
export function inputsOf({ trigger, created_at, steps }: RecordedRun): Omit<TestCase, 'name' | 'expect'> {
  const storage = storageBefore(steps);
  const answers = laterTriesFirst(steps.filter(({ uses }) => !isStorage(uses))).flatMap(answersOf);
  return {
    now: created_at,
    trigger: isJsonObject(trigger) ? trigger : {},
    ...(Object.keys(storage).length === 0 ? {} : { storage }),
    ...(answers.length === 0 ? {} : { answers }),
  };
}

/** The id of a step means it in every try, and the first entry that fits answers. */
function laterTriesFirst(steps: readonly RecordedStep[]): RecordedStep[] {
  const isLater = ({ path }: RecordedStep): boolean => path !== pathWithoutTries(path);
  return [...steps.filter(isLater).toReversed(), ...steps.filter((step) => !isLater(step))];
}

function answersOf({ path, attempts }: RecordedStep): TestAnswers[] {
  const answers = attempts.flatMap(({ output, failure }): TestAnswer[] => {
    if (failure === undefined) return output === undefined ? [] : [{ output }];
    return answerOfFailure(path, failure);
  });
  return answers.length === 0 ? [] : [{ to: { step: path }, with: answers }];
}

/** Faults of a network; what fails before anything is sent fails again by itself. */
const FAULTS: { [code in FailureCode]?: TestAnswer['fault'] } = {
  timeout: 'no_answer',
  connection_cut: 'cut',
  connection_refused: 'refused',
  host_not_found: 'host_not_found',
  connect_timeout: 'connect_timeout',
  tls: 'bad_certificate',
};
const SENT_NOTHING = new Set<FailureCode>(['request_not_made', 'not_https', 'host_not_allowed']);

function answerOfFailure(step: string, { code, status, details = '', retryAfterMs }: Failure): TestAnswer[] {
  const fault = FAULTS[code];
  if (fault !== undefined) return [{ fault }];
  if (SENT_NOTHING.has(code)) return [];
  const body = typeof details === 'string' ? { text: details } : { body: details };
  if (code === 'answer_not_read') return [body];
  if (code !== 'http_status' || status === undefined)
    throw new NotRecordable(`step ${step} failed with ${code}, which does not happen in tests`);
  const headers = retryAfterMs === undefined ? {} : { headers: { 'retry-after-ms': String(retryAfterMs) } };
  return [{ status, ...headers, ...body }];
}

/** What the storage must have held: what the first operation on each key tells. */
function storageBefore(steps: readonly RecordedStep[]): JsonObject {
  const before = new Map<string, Json | undefined>();
  const learn = (key: string, value: Json | undefined): void => {
    if (!before.has(key)) before.set(key, value);
  };
  for (const { uses, attempts } of steps.filter((step) => isStorage(step.uses)))
    for (const { input, output } of attempts)
      for (const [key, value] of toldBy(uses, input, output ?? null)) learn(key, value);
  return Object.fromEntries([...before].flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

/** Keys with what an operation tells of them; `undefined`: there was nothing, or nobody can say. */
function toldBy(uses: string | undefined, input: Json, output: Json): [string, Json | undefined][] {
  if (!isJsonObject(input) || !isJsonObject(output)) return [];
  const key = keyOf(input);
  switch (uses?.slice(STORAGE.length)) {
    case 'get':
      return [[key, output['found'] === true ? output['value'] : undefined]];
    case 'increment': {
      const by = typeof input['by'] === 'number' ? input['by'] : 1;
      const value = Number(output['value']) - by;
      return [[key, value === 0 ? undefined : value]];
    }
    case 'delete':
      return [[key, output['deleted'] === true ? null : undefined]];
    case 'list': {
      const entries = Array.isArray(output['entries']) ? output['entries'].filter(isJsonObject) : [];
      return entries.map((entry) => [keyOf(entry), entry['value']]);
    }
    default:
      return [[key, undefined]];
  }
}

function keyOf({ key }: JsonObject): string {
  return typeof key === 'string' ? key : '';
}

const STORAGE = 'storage.';

function isStorage(uses: string | undefined): boolean {
  return uses?.startsWith(STORAGE) === true;
}
