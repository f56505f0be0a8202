import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { explainRun } from '../authoring/explain/explain-run.ts';
import { standingFailures } from '../authoring/explain/standing-failures.ts';
import { preparePlan } from '../engine/prepared-plan.ts';
import { traceRun, type TracedStep } from '../engine/trace.ts';
import type { Plan } from '../generated/plan.ts';
import { allSteps } from '../run/all-steps.ts';
import { pageOf } from '../run/page.ts';
import type { AttemptRecord, RunRecord, RunStatus, RunSummary } from '../run/records.ts';
import type { StartRequest } from '../runner/manual-starts.ts';
import type { Runner } from '../runner/runner.ts';
import type { AccountScope, RunFilter } from '../store/records.ts';
import { StoreError } from '../store/store-error.ts';
import type { PauseRecord, Store } from '../store/store.ts';
import type { Caller } from './access/callers.ts';
import { callerOf } from './access/guard.ts';
import { isAtLeast } from './access/roles.ts';
import { listWithin, roleIn } from './access/scope.ts';
import type { ExplanationView, RunDetailView, RunListView, RunSummaryView } from './api-types.ts';
import { ApiError, unknownAutomation, unknownRun } from './api-error.ts';
import type { Views } from './views.ts';

const STATUSES: RunStatus[] = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'uncertain', 'canceled'];
/** Seconds that a request may wait for the end of a run: less than what proxies on the way allow. */
const MAX_WAIT_S = 50;
const EXPORT_PAGE = 100;
/** Called runs that are shown with the one that called them. */
const MAX_CALLED = 500;
const MAX_RETRIED = 500;
const name = { type: 'string', maxLength: 200 };
const limit = { type: 'integer', minimum: 1, maximum: 500, default: 50 };

interface RunQuery {
  account?: string;
  automation?: string;
  status?: RunStatus;
  since?: string;
  until?: string;
  before?: string;
}

/** Lists, shows and starts runs. */
export function addRunRoutes(app: FastifyInstance, runner: Runner, views: Views): void {
  const { runs } = runner.store;
  const time = { type: 'string', format: 'date-time' };
  const filters = {
    account: name,
    automation: name,
    status: { enum: STATUSES },
    since: time,
    until: time,
    before: name,
  };
  app.get<{ Querystring: RunQuery & { limit: number } }>(
    '/runs',
    { schema: { querystring: { type: 'object', properties: { ...filters, limit } } } },
    (request): RunListView => {
      const { query } = request;
      // One more than asked for tells whether there is a next page.
      const found = listRuns(runner, callerOf(request).accounts, { ...filterOf(query), limit: query.limit + 1 });
      const page = found.slice(0, query.limit);
      const next = found.length > page.length ? page.at(-1)?.id : undefined;
      return { runs: page.map((run) => views.summary(run)), next };
    },
  );
  app.get<{ Querystring: RunQuery }>(
    '/runs/export',
    { schema: { querystring: { type: 'object', properties: filters } } },
    (request, reply) => {
      const lines = exportRuns(runner, views, callerOf(request), filterOf(request.query));
      return reply.type('application/x-ndjson').send(Readable.from(lines));
    },
  );
  const wait = { type: 'integer', minimum: 0, maximum: MAX_WAIT_S, default: 0 };
  app.get<{ Params: { id: string }; Querystring: { wait: number; page?: string } }>(
    '/runs/:id',
    { schema: { querystring: { type: 'object', properties: { wait, page: name } } } },
    async (request): Promise<RunDetailView> => {
      const { params, query } = request;
      if (runs.summary(params.id) === undefined) throw unknownRun(params.id);
      if (query.wait > 0) await ended(runner, params.id, query.wait);
      const run = runs.get(params.id);
      if (run === undefined) throw unknownRun(params.id);
      return detail(runner, views, run, callerOf(request), query.page);
    },
  );
  app.get<{ Params: { id: string } }>('/runs/:id/explanation', async ({ params }): Promise<ExplanationView> => {
    const run = runs.get(params.id);
    if (run === undefined) throw unknownRun(params.id);
    const { plan, traced } = await trace(runner, run, pageOf(run.failure?.step ?? ''));
    return views.explanation(run, explainRun(plan, run, traced, pauseOf(runner.store, run)));
  });
  addStart(app, runner, views);
}

const START = {
  type: 'object',
  required: ['account', 'automation'],
  additionalProperties: false,
  not: { required: ['input', 'trigger'] },
  properties: {
    account: name,
    automation: name,
    input: { description: 'What the run is given, of an automation with a manual trigger.' },
    trigger: {
      type: 'object',
      additionalProperties: true,
      description:
        'In place of input, for a trial of any automation: what expressions read as trigger, such as {"body": …}.',
    },
  },
};

function addStart(app: FastifyInstance, runner: Runner, views: Views): void {
  app.post<{ Body: StartRequest }>(
    '/runs',
    { schema: { body: START } },
    async (request, reply): Promise<RunSummaryView> => {
      const { account, automation } = request.body;
      const target = `${account}/${automation}`;
      const result = await runner.startByHand(request.body);
      switch (result.kind) {
        case 'unknown':
          throw unknownAutomation(runner, target, callerOf(request).accounts);
        case 'not_manual':
          throw new ApiError(409, 'not_manual', `${target} is not started by hand: its trigger is ${result.trigger}`);
        case 'refused':
          throw new ApiError(400, 'refused', result.reason);
        case 'stalled':
          throw new ApiError(409, 'consent_owed', `${target} is stalled: ${result.reason}`);
        case 'accepted':
          reply.status(202);
          return views.summary(result.run);
      }
    },
  );
}

function filterOf({ since, until, ...query }: RunQuery): Omit<RunFilter, 'limit'> {
  return {
    ...query,
    ...(since === undefined ? {} : { since: Date.parse(since) }),
    ...(until === undefined ? {} : { until: Date.parse(until) }),
  };
}

function listRuns({ store }: Runner, scope: AccountScope, filter: RunFilter): RunSummary[] {
  const ask = (account: string | undefined): RunSummary[] =>
    store.runs.list(account === undefined ? filter : { ...filter, account });
  // The ids are in order of time.
  return listWithin(scope, filter, ask, (left, right) => (left.id < right.id ? 1 : -1));
}

/**
 * Runs with all their steps, newest first, one JSON text a line (https://jsonlines.org), in pieces: neither many runs nor a long
 * loop are in memory. Of a run that no private key at hand opens there is what needs none, and `"sealed": true`.
 */
async function* exportRuns(
  runner: Runner,
  views: Views,
  caller: Caller,
  filter: Omit<RunFilter, 'limit'>,
): AsyncGenerator<string> {
  for (let before = filter.before; ;) {
    const from = before === undefined ? {} : { before };
    const page = listRuns(runner, caller.accounts, { ...filter, ...from, limit: EXPORT_PAGE });
    for (const summary of page) {
      const run = await unlessSealed(async () => detailOf(runner, views, summary.id, caller));
      if (run === 'sealed') yield `${JSON.stringify({ run: views.summary(summary), sealed: true })}\n`;
      else if (run !== undefined) yield* exportRun(run, (page) => detailOf(runner, views, summary.id, caller, page));
    }
    before = page.at(-1)?.id;
    if (page.length < EXPORT_PAGE || before === undefined) return;
  }
}

/** `sealed` where no private key at hand opens what is read. */
async function unlessSealed<T>(read: () => Promise<T>): Promise<T | 'sealed'> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof StoreError && error.code === 'store_sealed') return 'sealed';
    throw error;
  }
}

async function* exportRun(
  { run, steps, retried, called }: RunDetailView,
  detailOfPage: (page: string) => Promise<RunDetailView | undefined>,
): AsyncGenerator<string> {
  yield `{"run":${JSON.stringify(run)},"steps":[`;
  let separator = '';
  for await (const step of allSteps(async (page) =>
    page === '' ? steps : ((await detailOfPage(page))?.steps ?? []),
  )) {
    yield separator + JSON.stringify(step);
    separator = ',';
  }
  yield `],"retried":${JSON.stringify(retried)},"called":${JSON.stringify(called)}}\n`;
}

/** `undefined` where the run is not in the history, or not any more. */
async function detailOf(
  runner: Runner,
  views: Views,
  id: string,
  caller: Caller,
  page = '',
): Promise<RunDetailView | undefined> {
  const run = runner.store.runs.get(id);
  return run && detail(runner, views, run, caller, page);
}

async function detail(runner: Runner, views: Views, run: RunRecord, caller: Caller, page = ''): Promise<RunDetailView> {
  const { traced } = await trace(runner, run, page);
  const shown = traced.filter(({ path }) => pageOf(path) === page);
  const role = roleIn(caller, run.account);
  // Whoever has the link can decide.
  const link = async (step: TracedStep): Promise<string | undefined> =>
    role !== undefined && isAtLeast(role, 'operator') ? approvalOf(runner, run, step) : undefined;
  return {
    run: views.run(run),
    steps: await Promise.all(shown.map(async (step) => views.step(run.id, step, await link(step)))),
    retried: views.retried(runner.store.runs.retried(run.id, MAX_RETRIED)),
    called: runner.store.runs.called(run.id, MAX_CALLED).map((one) => views.summary(one)),
    standing: run.finishedAt === undefined ? standingFailures(traced).map((one) => views.standing(one)) : [],
  };
}

/** The run as it went, with the plan that it began with; of what lies in pages, only this one and those around it. */
async function trace({ store }: Runner, run: RunRecord, page: string): Promise<{ plan: Plan; traced: TracedStep[] }> {
  const text = store.deployments.plan(run.plan);
  if (text === undefined) throw new Error(`the store does not hold the plan ${run.plan}`);
  const plan = JSON.parse(text) as Plan;
  return { plan, traced: await traceRun(preparePlan(plan), run, journalWith(store, run, page)) };
}

function journalWith(store: Store, run: RunRecord, page: string): AttemptRecord[] {
  if (page === '') return store.runs.attempts(run.id);
  const own = store.runs.attempts(run.id, page);
  const origin = own.length > 0 || run.origin === undefined ? undefined : store.runs.get(run.origin);
  // A replay from a later step keeps what came of the pages before it; what they hold stays with the run that it replays.
  const kept = origin === undefined ? own : journalWith(store, origin, page);
  return [...journalWith(store, run, pageOf(page)), ...kept.filter(({ key }) => pageOf(key.step) === page)];
}

function pauseOf({ pauses }: Store, run: RunRecord): PauseRecord | undefined {
  return pauses
    .list()
    .find(({ account, automation = run.automation }) => account === run.account && automation === run.automation);
}

async function approvalOf(
  runner: Runner,
  run: RunRecord,
  { step, path, end, begun }: TracedStep,
): Promise<string | undefined> {
  const open = begun && end === undefined && run.finishedAt === undefined;
  const asked = step.body.kind === 'wait' && step.body.wait.kind === 'approval';
  return open && asked ? runner.waits.approvalPath(run, path) : undefined;
}

/** Resolves when the run has ended or the seconds are over. */
async function ended(runner: Runner, id: string, seconds: number): Promise<void> {
  await runner.engine.finished(id, seconds * 1000);
}
