import type { Plan } from '../generated/plan.ts';
import type { TestAnswer, TestCase, TestExpectation } from '../generated/test.ts';
import type { Json, JsonObject } from '../json/value.ts';
import type { Failure } from '../run/failure.ts';
import { judge } from './expectation.ts';
import { LookAlikes } from './look-alikes.ts';
import { inputsOf, NotRecordable, type RecordedRun } from './recorded-run.ts';
import type { CaseRun, FinishedRun, RanStep } from './run-case.ts';
import type { TestRunner } from './run-tests.ts';

export interface FinishedRecord extends RecordedRun {
  id: string;
  status: string;
}

/**
 * Makes a case of a finished run. What came into it is replaced by look-alikes; what it expects is what then comes of it,
 * so that all that the automation makes of the data stays true. Throws `NotRecordable`, also where with the look-alikes
 * the run goes another way.
 */
export async function recordCase(
  name: string,
  run: FinishedRecord,
  plan: Plan,
  { runner, keep }: { runner: TestRunner; keep: readonly string[] },
): Promise<TestCase> {
  const inputs = inputsOf(run);
  // The id is not in the case: without it nobody can try which word gives which.
  const looks = new LookAlikes(run.id, [JSON.stringify(plan), ...keep].join(' '));
  const replaced = withLookAlikes(inputs, looks);
  const draft: TestCase = { name, ...replaced, expect: { status: 'succeeded' } };
  const played = await runner.play(plan, draft);
  const finished = requireSameWay(run, played);
  const recorded: TestCase = { ...draft, expect: expectationOf(finished) };
  const { problems, differences } = judge(recorded, await runner.play(plan, recorded));
  if (problems.length + differences.length > 0)
    throw new TypeError(`the case ${name} does not pass as it was recorded`);
  return recorded;
}

type Inputs = Omit<TestCase, 'name' | 'expect'>;

/** Names of steps, statuses and headers are no data. */
function withLookAlikes({ answers, storage, trigger, ...rest }: Inputs, looks: LookAlikes): Inputs {
  return {
    ...rest,
    trigger: valuesOf({ ...trigger }, looks),
    ...(storage === undefined ? {} : { storage: looks.of(storage) as JsonObject }),
    ...(answers === undefined
      ? {}
      : { answers: answers.map((rule) => ({ ...rule, with: rule.with.map((answer) => answerOf(answer, looks)) })) }),
  };
}

function answerOf({ body, text, output, ...answer }: TestAnswer, looks: LookAlikes): TestAnswer {
  const data: JsonObject = {};
  for (const [name, value] of Object.entries({ body, text, output })) if (value !== undefined) data[name] = value;
  return { ...answer, ...valuesOf(data, looks) };
}

function valuesOf(object: JsonObject, looks: LookAlikes): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, looks.of(value)]));
}

/** The run with the look-alikes, if it went through the same steps to the same end. */
function requireSameWay(run: FinishedRecord, played: CaseRun): FinishedRun {
  const other = 'with look-alikes of its data';
  if (played.kind === 'refused') throw new NotRecordable(`${other} the trigger refuses it: ${played.reason}`);
  const before = wayOf(run.steps.map(({ path, status }) => [path, status]));
  const now = wayOf(played.steps.map((step) => [step.path, statusOf(step)]));
  const path = [...new Set([...before.keys(), ...now.keys()])].find((one) => before.get(one) !== now.get(one));
  if (path !== undefined) {
    const [was, is] = [before, now].map((way) => way.get(path) ?? 'not done');
    throw new NotRecordable(`${other} the run goes another way: step ${path} was ${was} and is ${is}`);
  }
  if (played.kind === 'unanswered')
    throw new NotRecordable(`${other} step ${played.request.step} sends a request that the run did not send`);
  if (played.result.status !== run.status)
    throw new NotRecordable(`${other} the run is ${played.result.status}, and was ${run.status}`);
  return played;
}

/** What was done, without what was skipped or not reached. */
function wayOf(steps: [path: string, status: string][]): Map<string, string> {
  return new Map(steps.filter(([, status]) => ['succeeded', 'failed', 'uncertain'].includes(status)));
}

function statusOf({ end }: RanStep): string {
  switch (end?.kind) {
    case 'done':
    case 'stopped':
      return 'succeeded';
    case 'failed':
    case 'handled':
      return end.failure.class === 'uncertain' ? 'uncertain' : 'failed';
    default:
      return 'skipped';
  }
}

function expectationOf({ result, storage, steps, requests, attempts }: FinishedRun): TestExpectation {
  const counts = new Map<string, number>();
  for (const { key } of attempts) counts.set(key.step, key.attempt);
  const repeated = [...counts].filter(([, count]) => count > 1);
  return {
    status: result.status,
    ...(result.status === 'succeeded' ? outputOf(result.output) : { error: errorOf(result.failure) }),
    steps: steps.filter(({ end }) => end?.kind !== 'skipped').map(({ path }) => path),
    ...(repeated.length === 0 ? {} : { attempts: Object.fromEntries(repeated) }),
    requests: requests.map(({ headers: _headers, ...request }) => request),
    storage,
  };
}

function outputOf(output: Json | undefined): TestExpectation {
  return output === undefined ? {} : { output };
}

function errorOf({ code, step }: Failure): NonNullable<TestExpectation['error']> {
  return { code, ...(step === undefined ? {} : { step }) };
}
