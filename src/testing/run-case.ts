import type { ActionCaller } from '../connectors/action-call.ts';
import type { Durable } from '../engine/durable.ts';
import { EmbeddedDurable, type DurableHost } from '../engine/embedded/embedded-durable.ts';
import type { Waits } from '../engine/embedded/waits.ts';
import { Limiter } from '../engine/limiter.ts';
import { interpretPlan, type RunResult, type StepEnd } from '../engine/interpret.ts';
import type { Services } from '../engine/perform-action.ts';
import type { PreparedBody, PreparedPlan } from '../engine/prepared-plan.ts';
import type { Plan } from '../generated/plan.ts';
import type { TestCase } from '../generated/test.ts';
import type { JsonObject } from '../json/value.ts';
import type { Outcome } from '../run/failure.ts';
import { loopOfPage } from '../run/page.ts';
import { calledRunId } from '../run/run-id.ts';
import type { AttemptRecord, Instant, RunRecord } from '../run/records.ts';
import type { LiveTrigger } from '../runner/live-deployment.ts';
import type { Credential, CredentialSource } from '../secrets/credential.ts';
import type { CaseStorage } from './case-storage.ts';
import { deliver } from './deliver.ts';
import { PlayedServices, playAttempt, Unanswered, type OpenQuestion, type SentRequest } from './played-services.ts';
import { VirtualClock } from './virtual-clock.ts';

/** A plan that is made ready to run many cases. */
export interface TestedPlan {
  prepared: PreparedPlan;
  trigger: LiveTrigger;
}

/** What all cases share. */
export interface CaseTools {
  storage: CaseStorage;
  /** Its requests go to the played network, and its clock is that of the case under way. */
  caller: ActionCaller;
}

/** What a step of the run came to. */
export interface RanStep {
  id: string;
  path: string;
  kind: PreparedBody['kind'];
  /** Absent where the case ended in its middle. */
  end?: StepEnd;
}

/** What came of a delivery. */
export type CaseRun =
  | { kind: 'refused'; reason: string }
  | FinishedRun
  | ({ kind: 'unanswered'; request: OpenQuestion } & RunTrace);

export interface FinishedRun extends RunTrace {
  kind: 'finished';
  result: RunResult;
  storage: JsonObject;
  /** Milliseconds by the clock of the case. */
  took: number;
}

export interface RunTrace {
  /** In the order in which they began; those that were skipped are among them. */
  steps: RanStep[];
  /** In the order in which they began. */
  attempts: AttemptRecord[];
  /** What was waited before later tries of steps. */
  pauses: AttemptRecord[];
  requests: SentRequest[];
}

/** The id of every run of a case. */
const RUN_ID = '00000000-0000-7000-8000-000000000000';
const DEFAULT_NOW = '2026-01-01T00:00:00Z';

/** Delivers what a case sends, and runs it to its end: no network, no clock of the machine, no chance, no secret. */
export async function runCase({ prepared, trigger }: TestedPlan, test: TestCase, tools: CaseTools): Promise<CaseRun> {
  const start = Date.parse(test.now ?? test.trigger.at ?? DEFAULT_NOW);
  const taken = deliver(trigger, test.trigger, start);
  if ('reason' in taken) return { kind: 'refused', reason: taken.reason };
  const clock = new VirtualClock(start);
  const services = new PlayedServices(test.answers ?? [], clock);
  const storage = tools.storage.open(test.storage ?? {});
  const run = runRecord(prepared.plan, taken.trigger, start);
  const attempts: AttemptRecord[] = [];
  const steps = new Map<string, RanStep>();
  const trace = (): RunTrace => ({
    steps: [...steps.values()],
    attempts: attempts.filter(({ key }) => key.attempt > 0 && loopOfPage(key.step) === undefined),
    pauses: attempts.filter(({ key }) => key.attempt < 0),
    requests: services.requests,
  });
  const durable = EmbeddedDurable.of(hostOf(clock, storage, attempts), run, [], new AbortController().signal);
  try {
    const result = await interpretPlan(
      prepared,
      run,
      playedDurable(durable, durable.waits, services),
      playedServices(prepared.plan, tools, clock),
      (path, { id, body: { kind } }, end) => steps.set(path, { id, path, kind, ...(end === undefined ? {} : { end }) }),
    );
    return { kind: 'finished', result, storage: storage.all(), took: clock.now() - start, ...trace() };
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    return { kind: 'unanswered', request: error.request, ...trace() };
  } finally {
    clock.stop();
  }
}

function runRecord({ account, automation }: Plan, trigger: JsonObject, start: Instant): RunRecord {
  const dates = { createdAt: start, startedAt: start };
  return { id: RUN_ID, account, automation, plan: '', status: 'running', trigger, ...dates };
}

/** The embedded engine's duties without a disk: a case is never taken up again. */
function hostOf(clock: VirtualClock, storage: ReturnType<CaseStorage['open']>, attempts: AttemptRecord[]): DurableHost {
  const last = (step: string, attempt: number): AttemptRecord | undefined =>
    attempts.findLast(({ key }) => key.step === step && key.attempt === attempt);
  return {
    runs: {
      attempts: () => [],
      beginAttempt: (attempt) => {
        attempts.push({ ...attempt });
        return Promise.resolve();
      },
      recordAttempt: (attempt) => {
        attempts.push({ ...attempt });
        return Promise.resolve();
      },
      finishAttempt: (_run, { step, attempt }, finishedAt, outcome) => {
        Object.assign(last(step, attempt) ?? {}, { finishedAt, outcome });
        return Promise.resolve();
      },
      sleep: (_run, { step, attempt }, sleepUntil) => {
        Object.assign(last(step, attempt) ?? {}, { sleepUntil });
        return Promise.resolve();
      },
      beginCall: (attempt, _called, outcome) => {
        attempts.push({ ...attempt, ...(outcome === undefined ? {} : { finishedAt: attempt.startedAt, outcome }) });
        return Promise.resolve();
      },
      endWait: ({ key, outcome }, finishedAt) => {
        Object.assign(last(key.step, key.attempt) ?? {}, { finishedAt, outcome });
        return Promise.resolve(outcome);
      },
      storageAttempt: (run, key, input, operation, at) => {
        const outcome = storage.perform(operation);
        attempts.push({ run: run.id, key, effect: 'idempotent', input, startedAt: at, finishedAt: at, outcome });
        return { result: Promise.resolve(outcome), durable: Promise.resolve(outcome) };
      },
    },
    limiter: new Limiter(clock),
    now: () => clock.now(),
    at: (instant, wake) => clock.at(instant, wake),
    idle: () => undefined,
    groupOf: () => undefined,
    runCalled: () => undefined,
    endCalled: () => Promise.resolve(),
    stands: () => undefined,
    stopping: () => false,
    attemptStarted: () => undefined,
    attemptFinished: () => undefined,
  };
}

/** Lets each attempt be answered by the case. `ends`: it is within a step that ends at its time, so it goes on by itself. */
function playedDurable(durable: Durable, waits: Waits, services: PlayedServices, ends = false): Durable {
  return {
    attempt: (call) =>
      durable.attempt({
        ...call,
        perform: (signal, next) => playAttempt(services, call.key.step, () => call.perform(signal, next)),
      }),
    storage: (key, input, operation) => durable.storage(key, input, operation),
    sleep: (key, milliseconds) => durable.sleep(key, milliseconds),
    call: async (call) => {
      if (!call.waits) return durable.call(call);
      const answer = answerTo(services, call.key.step, ends);
      if (answer?.ok === true) {
        const output = { run: calledRunId(RUN_ID, call.key.step), output: answer.output };
        waits.deliver(call.key, { ok: true, output });
      }
      return durable.call(call);
    },
    wait: async (wait) => {
      // Nobody answers what is waited before a later try.
      if (wait.key.attempt < 0) return durable.wait(wait);
      const answer = answerTo(services, wait.key.step, ends || wait.until(0) !== undefined);
      if (answer !== undefined) waits.deliver(wait.key, answer);
      return durable.wait(wait);
    },
    page: (page) =>
      durable.page({ ...page, perform: (part) => page.perform(playedDurable(part, waits, services, ends)) }),
    timed: (timed) =>
      durable.timed({ ...timed, perform: (part) => timed.perform(playedDurable(part, waits, services, true)) }),
  };
}

/** What comes back to a step from outside. Throws `Unanswered` where that is nothing, and it does not go on by itself. */
function answerTo(services: PlayedServices, step: string, goesOn = false): Outcome | undefined {
  const answer = services.outcome(step);
  if (answer === undefined && !goesOn) throw new Unanswered({ step });
  return answer;
}

function playedServices(plan: Plan, { caller }: CaseTools, clock: VirtualClock): Services {
  return {
    caller,
    credentials: placeholders(plan),
    // The longest wait that there may be.
    random: () => 1,
    timeout: (milliseconds, stop) => clock.timeout(milliseconds, stop),
  };
}

/** Each secret field holds a text that says what belongs there; fields that are not secret are those of the account. */
function placeholders({ connections, connectors }: Plan): CredentialSource {
  return {
    credential: (_account, name) => {
      const connection = connections[name];
      const fields = connectors[connection?.connector ?? '']?.connection?.fields ?? {};
      const secret = Object.entries(fields).filter(([, field]) => field.secret === true);
      const credential: Credential = {
        fields: Object.fromEntries(secret.map(([field]) => [field, `placeholder-of-${field}`])),
        hosts: connection?.hosts ?? [],
      };
      return Promise.resolve(credential);
    },
  };
}
