import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { explainRun } from '../authoring/explain/explain-run.ts';
import { preparePlan } from '../engine/prepared-plan.ts';
import { traceRun, type TracedStep } from '../engine/trace.ts';
import type { Plan } from '../generated/plan.ts';
import { parseJson } from '../json/parse.ts';
import { isJsonObject, type Json } from '../json/value.ts';
import type { RunRecord, RunStatus } from '../run/records.ts';
import type { StartRequest } from '../runner/manual-starts.ts';
import type { Runner } from '../runner/runner.ts';
import type { RunFilter } from '../store/records.ts';
import type { ExplanationView, RunDetailView, RunListView, RunSummaryView } from './api-types.ts';
import { ApiError, unknownAutomation } from './api-error.ts';
import type { Views } from './views.ts';

const STATUSES: RunStatus[] = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'uncertain', 'canceled'];
/** Seconds that a request may wait for the end of a run: less than what proxies on the way allow. */
const MAX_WAIT_S = 50;
const EXPORT_PAGE = 100;
/** Called runs that are shown with the one that called them. */
const MAX_CALLED = 500;
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
    ({ query }): RunListView => {
      // One more than asked for tells whether there is a next page.
      const found = runs.list({ ...filterOf(query), limit: query.limit + 1 });
      const page = found.slice(0, query.limit);
      const next = found.length > page.length ? page.at(-1)?.id : undefined;
      return { runs: page.map((run) => views.summary(run)), next };
    },
  );
  app.get<{ Querystring: RunQuery }>(
    '/runs/export',
    { schema: { querystring: { type: 'object', properties: filters } } },
    ({ query }, reply) =>
      reply.type('application/x-ndjson').send(Readable.from(exportRuns(runner, views, filterOf(query)))),
  );
  const wait = { type: 'integer', minimum: 0, maximum: MAX_WAIT_S, default: 0 };
  app.get<{ Params: { id: string }; Querystring: { wait: number } }>(
    '/runs/:id',
    { schema: { querystring: { type: 'object', properties: { wait } } } },
    async ({ params, query }): Promise<RunDetailView> => {
      if (runs.get(params.id) === undefined) throw unknownRun(params.id);
      if (query.wait > 0) await ended(runner, params.id, query.wait);
      const run = runs.get(params.id);
      if (run === undefined) throw unknownRun(params.id);
      return detail(runner, views, run);
    },
  );
  app.get<{ Params: { id: string } }>('/runs/:id/explanation', async ({ params }): Promise<ExplanationView> => {
    const run = runs.get(params.id);
    if (run === undefined) throw unknownRun(params.id);
    const { plan, traced } = await trace(runner, run);
    return views.explanation(run, explainRun(plan, run, traced));
  });
  app.post<{ Body: unknown }>('/runs', async ({ body }, reply): Promise<RunSummaryView> => {
    const request = readStart(body);
    const target = `${request.account}/${request.automation}`;
    const result = await runner.startByHand(request);
    switch (result.kind) {
      case 'unknown':
        throw unknownAutomation(runner, target);
      case 'not_manual':
        throw new ApiError(409, 'not_manual', `${target} is not started by hand: its trigger is ${result.trigger}`);
      case 'refused':
        throw new ApiError(400, 'refused', result.reason);
      case 'accepted':
        reply.status(202);
        return views.summary(result.run);
    }
  });
}

function filterOf({ since, until, ...query }: RunQuery): Omit<RunFilter, 'limit'> {
  return {
    ...query,
    ...(since === undefined ? {} : { since: Date.parse(since) }),
    ...(until === undefined ? {} : { until: Date.parse(until) }),
  };
}

/** Runs with their steps, newest first, one JSON text a line (https://jsonlines.org); page by page, so that no backlog of them is in memory. */
async function* exportRuns(runner: Runner, views: Views, filter: Omit<RunFilter, 'limit'>): AsyncGenerator<string> {
  for (let before = filter.before; ;) {
    const page = runner.store.runs.list({ ...filter, ...(before === undefined ? {} : { before }), limit: EXPORT_PAGE });
    for (const run of page) yield `${JSON.stringify(await detail(runner, views, run))}\n`;
    before = page.at(-1)?.id;
    if (page.length < EXPORT_PAGE || before === undefined) return;
  }
}

async function detail(runner: Runner, views: Views, run: RunRecord): Promise<RunDetailView> {
  const { traced } = await trace(runner, run);
  return {
    run: views.run(run),
    steps: await Promise.all(traced.map(async (step) => views.step(run.id, step, await approvalOf(runner, run, step)))),
    called: runner.store.runs.called(run.id, MAX_CALLED).map((one) => views.summary(one)),
  };
}

/** The run as it went, with the plan that it began with. */
async function trace({ store }: Runner, run: RunRecord): Promise<{ plan: Plan; traced: TracedStep[] }> {
  const text = store.deployments.plan(run.plan);
  if (text === undefined) throw new Error(`the store does not hold the plan ${run.plan}`);
  const plan = JSON.parse(text) as Plan;
  return { plan, traced: await traceRun(preparePlan(plan), run, store.runs.attempts(run.id)) };
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
  await runner.engine.finished(id, AbortSignal.timeout(seconds * 1000));
}

function readStart(body: unknown): StartRequest {
  let request: Json;
  try {
    request = parseJson(typeof body === 'string' ? body : '');
  } catch (error) {
    throw new ApiError(400, 'bad_request', `the body is not JSON: ${String(error)}`);
  }
  if (isJsonObject(request)) {
    const { account, automation, input, trigger, ...more } = request;
    const known = typeof account === 'string' && typeof automation === 'string' && Object.keys(more).length === 0;
    if (known && (trigger === undefined || (input === undefined && isJsonObject(trigger))))
      return { account, automation, input, trigger };
  }
  throw new ApiError(
    400,
    'bad_request',
    'the body is an object with account, automation and perhaps input, or in its place trigger, such as {"body": …}',
  );
}

function unknownRun(id: string): ApiError {
  return new ApiError(404, 'unknown_run', `there is no run ${id}`);
}
