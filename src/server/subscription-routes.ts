import type { FastifyInstance } from 'fastify';
import type { Runner } from '../runner/runner.ts';
import { callerOf } from './access/guard.ts';
import { covers } from './access/scope.ts';
import type { SubscriptionListView } from './api-types.ts';
import type { Views } from './views.ts';

/** Shows what services are asked to send. */
export function addSubscriptionRoute(app: FastifyInstance, runner: Runner, views: Views): void {
  app.get('/subscriptions', (request): SubscriptionListView => {
    const { accounts } = callerOf(request);
    const all = runner.subscriptions.list().flatMap((known) => views.subscription(known) ?? []);
    const subscriptions = all.filter(({ account }) => covers(accounts, [account]));
    const unreachable = runner.publicUrl === undefined && subscriptions.length > 0;
    return {
      subscriptions,
      reason: unreachable ? 'services cannot reach the runner: start it with --public-url' : undefined,
    };
  });
}
