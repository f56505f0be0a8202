import type { FastifyInstance } from 'fastify';
import { preparePlan } from '../engine/prepared-plan.ts';
import { traceRun } from '../engine/trace.ts';
import type { Plan } from '../generated/plan.ts';
import type { RunStatus } from '../run/records.ts';
import type { Runner } from '../runner/runner.ts';
import { sampleDelivery } from '../runner/sample-delivery.ts';
import type {
  DeploymentListView,
  HookView,
  RefusalListView,
  RunDetailView,
  RunListView,
  StorageEntryView,
  StorageListView,
} from './api-types.ts';
import { ApiError } from './api-error.ts';
import { addEventRoute } from './events.ts';
import { iso, Views } from './views.ts';

const STATUSES: RunStatus[] = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'uncertain'];
const name = { type: 'string', maxLength: 200 };
const limit = { type: 'integer', minimum: 1, maximum: 500, default: 50 };

interface RunQuery {
  account?: string;
  automation?: string;
  status?: RunStatus;
  before?: string;
  limit: number;
}

/** The reading half of the API, under `/api/v1`. */
export function addApiRoutes(app: FastifyInstance, runner: Runner): void {
  const views = new Views(runner.redactor);
  addRunRoutes(app, runner, views);
  addStorageRoutes(app, runner, views);
  addEventRoute(app, runner, views);
  app.get('/deployments', (): DeploymentListView => {
    const current = runner.store.deployments.current()?.id;
    const all = runner.store.deployments.list(50);
    return {
      deployments: all.map(({ id, createdAt, source, entries }) => {
        return { id, created_at: iso(createdAt), source, current: id === current, entries };
      }),
    };
  });
  app.get<{ Params: { account: string; automation: string } }>(
    '/hooks/:account/:automation',
    ({ params }): HookView => {
      const target = `${params.account}/${params.automation}`;
      const live = runner.deployed().get(target);
      if (live === undefined)
        throw new ApiError(404, 'unknown_automation', `${target} is not deployed`, knownOf(runner));
      return { path: `/hooks/${target}/${live.hookSecret}`, ...sampleDelivery(live) };
    },
  );
  app.get<{ Querystring: { account?: string; automation?: string; limit: number } }>(
    '/refusals',
    { schema: { querystring: { type: 'object', properties: { account: name, automation: name, limit } } } },
    ({ query }): RefusalListView => ({
      refusals: runner.store.refusals.list(query).map((refusal) => views.refusal(refusal)),
    }),
  );
}

function addRunRoutes(app: FastifyInstance, runner: Runner, views: Views): void {
  const { runs, deployments } = runner.store;
  const status = { enum: STATUSES };
  app.get<{ Querystring: RunQuery }>(
    '/runs',
    {
      schema: {
        querystring: { type: 'object', properties: { account: name, automation: name, status, before: name, limit } },
      },
    },
    ({ query }): RunListView => {
      // One more than asked for tells whether there is a next page.
      const found = runs.list({ ...query, limit: query.limit + 1 });
      const page = found.slice(0, query.limit);
      const next = found.length > page.length ? page.at(-1)?.id : undefined;
      return { runs: page.map((run) => views.summary(run)), next };
    },
  );
  app.get<{ Params: { id: string } }>('/runs/:id', async ({ params }): Promise<RunDetailView> => {
    const run = runs.get(params.id);
    if (run === undefined) throw new ApiError(404, 'unknown_run', `there is no run ${params.id}`);
    const text = deployments.plan(run.plan);
    if (text === undefined) throw new Error(`the store does not hold the plan ${run.plan}`);
    const steps = await traceRun(preparePlan(JSON.parse(text) as Plan), run, runs.attempts(run.id));
    return { run: views.run(run), steps: steps.map((step) => views.step(step)) };
  });
}

function addStorageRoutes(app: FastifyInstance, runner: Runner, views: Views): void {
  const { storage } = runner.store;
  app.get<{ Params: { account: string }; Querystring: { prefix: string; limit: number } }>(
    '/storage/:account',
    {
      schema: {
        querystring: { type: 'object', properties: { prefix: { type: 'string', default: '' }, limit } },
      },
    },
    ({ params, query }): StorageListView => {
      const entries = storage.list(params.account, query.prefix, query.limit);
      return { entries: entries.map((entry) => views.storageEntry(entry)) };
    },
  );
  app.get<{ Params: { account: string; key: string } }>('/storage/:account/:key', ({ params }): StorageEntryView => {
    const entry = storage.get(params.account, params.key);
    if (entry !== undefined) return views.storageEntry(entry);
    const keys = storage.list(params.account, '', 20).map(({ key }) => key);
    throw new ApiError(
      404,
      'unknown_key',
      `the storage of account ${params.account} has no key ${params.key}`,
      keys.length === 0 ? 'it holds nothing yet' : `keys: ${keys.join(', ')}`,
    );
  });
}

function knownOf(runner: Runner): string {
  const known = [...runner.deployed().keys()];
  return known.length === 0 ? 'nothing is deployed' : `deployed: ${known.slice(0, 20).join(', ')}`;
}
