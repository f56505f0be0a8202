import type { FastifyInstance } from 'fastify';
import { hookPath } from '../runner/live-deployment.ts';
import type { Runner } from '../runner/runner.ts';
import { sampleDelivery, sampleTrigger } from '../runner/sample-delivery.ts';
import type {
  DeploymentListView,
  HookView,
  PollListView,
  PollView,
  SampleView,
  StorageEntryView,
  StorageListView,
} from './api-types.ts';
import { ApiError, unknownAutomation } from './api-error.ts';
import { addControlRoutes } from './control-routes.ts';
import { addDeployRoutes } from './deploy-routes.ts';
import { addEventRoute } from './events.ts';
import { addRefusalRoutes } from './refusal-routes.ts';
import { addRunRoutes } from './run-routes.ts';
import { iso, Views } from './views.ts';

const limit = { type: 'integer', minimum: 1, maximum: 500, default: 50 };

/** The API, under `/api/v1`. */
export function addApiRoutes(app: FastifyInstance, runner: Runner): void {
  const views = new Views(runner.redactor);
  addRunRoutes(app, runner, views);
  addControlRoutes(app, runner, views);
  addStorageRoutes(app, runner, views);
  addRefusalRoutes(app, runner, views);
  addEventRoute(app, runner, views);
  addDeployRoutes(app, runner);
  app.get('/deployments', (): DeploymentListView => {
    const current = runner.store.deployments.current()?.id;
    const all = runner.store.deployments.list(50);
    return {
      deployments: all.map(({ id, createdAt, source, entries }) => {
        return { id, created_at: iso(createdAt), source, current: id === current, entries };
      }),
    };
  });
  app.get('/polls', (): PollListView => ({ polls: pollsOf(runner, views) }));
  app.get<{ Params: { account: string; automation: string } }>(
    '/automations/:account/:automation/sample',
    ({ params }) => sampleOf(runner, `${params.account}/${params.automation}`),
  );
  app.get<{ Params: { account: string; automation: string } }>(
    '/hooks/:account/:automation',
    ({ params }): HookView => {
      const target = `${params.account}/${params.automation}`;
      const live = runner.deployed().get(target);
      if (live === undefined) throw unknownAutomation(runner, target);
      const path = hookPath(live);
      if (live.trigger.kind !== 'webhook' || path === undefined)
        throw new ApiError(409, 'no_hook', `${target} has no webhook: its trigger is ${live.trigger.kind}`);
      const { verify } = live.trigger.webhook;
      return { path, ...sampleDelivery(live.trigger), verified: verify === 'none' ? undefined : verify.name };
    },
  );
}

function sampleOf(runner: Runner, target: string): SampleView {
  const live = runner.deployed().get(target);
  if (live === undefined) throw unknownAutomation(runner, target);
  const sample = sampleTrigger(live.trigger, new Date());
  return { starts: live.trigger.kind, trigger: sample?.trigger, issues: sample?.issues ?? [] };
}

function pollsOf(runner: Runner, views: Views): PollView[] {
  return [...runner.deployed().startedBy('poll')].map(({ plan: { account, automation }, trigger }) => {
    const name = { account, automation, source: trigger.source };
    return views.poll(name, trigger.trigger, runner.store.polls.state(name));
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
