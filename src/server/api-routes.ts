import type { FastifyInstance } from 'fastify';
import type { Runner } from '../runner/runner.ts';
import { sampleTrigger } from '../runner/sample-delivery.ts';
import type { Callers } from './access/callers.ts';
import { callerOf } from './access/guard.ts';
import { covers } from './access/scope.ts';
import { ApiError, unknownAutomation } from './api-error.ts';
import type { DeploymentListView, SampleView, StorageEntryView, StorageListView } from './api-types.ts';
import type { PollListView, PollView } from './poll-types.ts';
import { addAuditRoute } from './audit-route.ts';
import { addConnectRoutes } from './connect-routes.ts';
import { addControlRoutes } from './control-routes.ts';
import { addDeployRoutes } from './deploy-routes.ts';
import { addEventRoute } from './events.ts';
import { addHistoryRoute } from './history-route.ts';
import { addHookAddressRoutes } from './hook-address-routes.ts';
import { addMeRoute } from './me-route.ts';
import { addOAuthRoutes } from './oauth-routes.ts';
import { addRefusalRoutes } from './refusal-routes.ts';
import { addRunRoutes } from './run-routes.ts';
import { addSubscriptionRoute } from './subscription-routes.ts';
import { addTokenRoutes } from './token-routes.ts';
import { iso, Views } from './views.ts';

const limit = { type: 'integer', minimum: 1, maximum: 500, default: 50 };

/** The API, under `/api/v1`. */
export function addApiRoutes(app: FastifyInstance, runner: Runner, callers: Callers): void {
  const views = new Views(runner.redactor);
  addRunRoutes(app, runner, views);
  addControlRoutes(app, runner, views);
  addStorageRoutes(app, runner, views);
  addRefusalRoutes(app, runner, views);
  addEventRoute(app, runner, views, callers);
  addDeployRoutes(app, runner);
  addHookAddressRoutes(app, runner);
  addOAuthRoutes(app, runner);
  addSubscriptionRoute(app, runner, views);
  addMeRoute(app);
  addConnectRoutes(app, runner);
  addTokenRoutes(app, runner);
  addAuditRoute(app, runner);
  addHistoryRoute(app, runner);
  app.get('/deployments', (request): DeploymentListView => {
    const { accounts } = callerOf(request);
    const current = runner.store.deployments.current()?.id;
    const all = runner.store.deployments.list(50);
    return {
      deployments: all.map(({ id, createdAt, source, entries }) => {
        const shown = entries.filter(({ account }) => covers(accounts, [account]));
        return { id, created_at: iso(createdAt), source, current: id === current, entries: shown };
      }),
    };
  });
  app.get<{ Params: { account: string; automation: string } }>(
    '/automations/:account/:automation/sample',
    (request): SampleView => {
      const { account, automation } = request.params;
      const target = `${account}/${automation}`;
      const live = runner.deployed().get(target);
      if (live === undefined) throw unknownAutomation(runner, target, callerOf(request).accounts);
      const sample = sampleTrigger(live.trigger, new Date());
      return { account, automation, starts: live.trigger.kind, trigger: sample?.trigger, issues: sample?.issues ?? [] };
    },
  );
  app.get('/polls', (request): PollListView => {
    const { accounts } = callerOf(request);
    return { polls: pollsOf(runner, views).filter(({ account }) => covers(accounts, [account])) };
  });
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
