import { milliseconds } from '../plan/duration.ts';
import type { TestAnswers, TestCase, TestExpectation, TestRequest } from '../generated/test.ts';
import type { PointerToken } from '../json/pointer.ts';
import { ownProperty, type Json, type JsonObject } from '../json/value.ts';
import type { AttemptRecord } from '../run/records.ts';
import { differencesOf, type Difference } from './difference.ts';
import { formatDuration } from './duration.ts';
import type { OpenQuestion, SentRequest } from './played-services.ts';
import { isStep, otherParts } from './request-parts.ts';
import type { CaseRun, FinishedRun, RanStep } from './run-case.ts';

/** What keeps a case from being compared, at a place within the case. */
export interface Problem {
  path: PointerToken[];
  message: string;
  help?: string;
}

export interface Verdict {
  problems: Problem[];
  /** The paths begin with `expect`. */
  differences: Difference[];
  /** What came of it, in the form of the expectation and with its keys; absent where nothing could be compared. */
  actual?: JsonObject;
}

/** Compares what came of a case with what it expects. */
export function judge({ expect, answers = [] }: TestCase, run: CaseRun): Verdict {
  switch (run.kind) {
    case 'unanswered':
      return { problems: [unanswered(answers, run.request)], differences: [] };
    case 'refused':
      return judgeRefusal(expect, run.reason);
    case 'finished': {
      if (expect.refused !== undefined)
        return {
          problems: [{ path: ['expect', 'refused'], message: 'the trigger takes the delivery' }],
          differences: [],
        };
      const wanted = normalized(expect);
      const actual = actualFor(wanted, run);
      return { problems: whyFailed(expect, run), differences: differencesOf(wanted, actual, ['expect']), actual };
    }
  }
}

function judgeRefusal({ refused }: TestExpectation, reason: string): Verdict {
  if (refused === undefined)
    return {
      problems: [{ path: ['trigger'], message: `the trigger refuses the delivery: ${reason}` }],
      differences: [],
    };
  const actual = { refused: reason.includes(refused) ? refused : reason };
  return { problems: [], differences: differencesOf({ refused }, actual, ['expect']), actual };
}

function unanswered(answers: readonly TestAnswers[], request: OpenQuestion): Problem {
  if (!('method' in request)) {
    const help = `add { "to": { "step": "${request.step}" }, "with": [{ "output": … }] }`;
    return { path: ['answers'], message: `step ${request.step} waits for what nothing gives`, help };
  }
  const { step, method, host, path, query, body } = request;
  const others = answers.map(
    ({ to = {} }, index) => `answers[${index}] is for another ${otherParts(to, request).join(', ')}`,
  );
  const parts = { ...(query === undefined ? {} : { query }), ...(body === undefined ? {} : { body }) };
  return {
    path: ['answers'],
    message: `step ${step} sends a request that nothing answers: ${method} https://${host}${path}`,
    help: [...others, `it has ${JSON.stringify(parts)}`].join('; '),
  };
}

/** Where a run fails that was to succeed, the reason is what the reader needs. */
function whyFailed({ status }: TestExpectation, { result }: FinishedRun): Problem[] {
  if (status !== 'succeeded' || result.status === 'succeeded') return [];
  const { code, message, help, step } = result.failure;
  const where = step === undefined ? '' : `step ${step} failed: `;
  const problem = { path: ['expect', 'status'], message: `${where}${message} (${code})` };
  return [help === undefined ? problem : { ...problem, help }];
}

/** Durations in the form in which they are compared: `60s` is `1m`. */
function normalized(expect: TestExpectation): JsonObject {
  const { waits, took } = expect;
  return {
    ...(expect as JsonObject),
    ...(took === undefined ? {} : { took: form(took) }),
    ...(waits === undefined
      ? {}
      : { waits: Object.fromEntries(Object.entries(waits).map(([step, all]) => [step, all.map(form)])) }),
  };
}

function form(duration: string): string {
  return formatDuration(milliseconds(duration));
}

/** What came of it, for each key of the expectation; where a part is enough and is there, the part. */
function actualFor(expect: TestExpectation & JsonObject, run: FinishedRun): JsonObject {
  const { result, storage, steps, attempts, pauses, requests, took } = run;
  const actual: { [key in keyof TestExpectation]: Json | undefined } = {
    status: result.status,
    output: result.status === 'succeeded' ? result.output : undefined,
    error: result.status === 'succeeded' ? undefined : errorFor(expect.error ?? {}, result.failure),
    storage,
    steps: steps.filter(({ end }) => end?.kind !== 'skipped').map(({ path }) => path),
    requests: requests.map((request, index) => namedParts(expect.requests?.[index], request)),
    attempts: mapKeys(expect.attempts, (step) => triesOf(step, run)),
    waits: mapKeys(expect.waits, (step) => [
      ...attemptsOf(step, attempts).flatMap(({ finishedAt, sleepUntil }) =>
        finishedAt === undefined || sleepUntil === undefined ? [] : [formatDuration(sleepUntil - finishedAt)],
      ),
      ...attemptsOf(step, pauses).flatMap(({ startedAt, sleepUntil }) =>
        sleepUntil === undefined ? [] : [formatDuration(sleepUntil - startedAt)],
      ),
    ]),
    took: formatDuration(took),
  };
  const named = Object.keys(expect).flatMap((key): [string, Json][] => {
    const value = actual[key as keyof TestExpectation];
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(named);
}

function errorFor(
  expect: NonNullable<TestExpectation['error']>,
  { code, message, step = '' }: { code: string; message: string; step?: string },
): JsonObject {
  const part = expect.message !== undefined && message.includes(expect.message) ? expect.message : message;
  return {
    ...(expect.code === undefined ? {} : { code }),
    ...(expect.message === undefined ? {} : { message: part }),
    ...(expect.step === undefined ? {} : { step: isStep(expect.step, step) ? expect.step : step }),
  };
}

/** Of a request that was sent, the parts that the expectation names; where it names none, what tells requests apart. */
function namedParts(expect: TestRequest | undefined, sent: SentRequest): JsonObject {
  if (expect === undefined) {
    const { step, method, host, path } = sent;
    return { step, method, host, path };
  }
  const parts: JsonObject = {};
  for (const key of Object.keys(expect) as (keyof TestRequest)[]) {
    const value = sent[key];
    if (value !== undefined) parts[key] = value;
  }
  if (expect.step !== undefined && isStep(expect.step, sent.step)) parts['step'] = expect.step;
  if (expect.query !== undefined) parts['query'] = sent.query ?? {};
  if (expect.headers !== undefined) parts['headers'] = pick(sent.headers ?? {}, Object.keys(expect.headers));
  return parts;
}

function pick(values: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name): [string, Json][] => {
      const value = ownProperty(values, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** How often a step was tried: of one that is made of others, how often it was begun. */
function triesOf(step: string, { steps, attempts }: FinishedRun): number {
  const begun = steps.filter(
    ({ kind, path, end }) => BLOCKS.has(kind) && end?.kind !== 'skipped' && isStep(step, path),
  );
  return attemptsOf(step, attempts).length + begun.length;
}

const BLOCKS = new Set<RanStep['kind']>(['switch', 'for_each', 'branches']);

function attemptsOf(step: string, attempts: readonly AttemptRecord[]): AttemptRecord[] {
  return attempts.filter(({ key }) => isStep(step, key.step));
}

function mapKeys(values: object | undefined, change: (key: string) => Json): JsonObject {
  return Object.fromEntries(Object.keys(values ?? {}).map((key) => [key, change(key)]));
}
