import type { FastifyInstance } from 'fastify';
import { explainRefusal } from '../authoring/explain/explain-refusal.ts';
import { readRefused } from '../runner/refused-delivery.ts';
import type { Runner } from '../runner/runner.ts';
import type { RefusalRecord } from '../store/records.ts';
import type { RefusalExplanationView, RefusalListView, RefusalView, RunSummaryView } from './api-types.ts';
import { callerOf } from './access/guard.ts';
import { listWithin } from './access/scope.ts';
import { ApiError, unknownAutomation, unknownRefusal } from './api-error.ts';
import type { Views } from './views.ts';

const name = { type: 'string', maxLength: 200 };
const limit = { type: 'integer', minimum: 1, maximum: 500, default: 50 };

/** Lists, shows and replays refused deliveries. */
export function addRefusalRoutes(app: FastifyInstance, runner: Runner, views: Views): void {
  const { refusals } = runner.store;
  app.get<{ Querystring: { account?: string; automation?: string; limit: number } }>(
    '/refusals',
    { schema: { querystring: { type: 'object', properties: { account: name, automation: name, limit } } } },
    (request): RefusalListView => {
      const { query } = request;
      const ask = (account: string | undefined): RefusalRecord[] =>
        refusals.list(account === undefined ? query : { ...query, account });
      const { accounts } = callerOf(request);
      const found = listWithin(accounts, query, ask, (left, right) => right.receivedAt - left.receivedAt);
      return { refusals: found.map((one) => views.refusalSummary(one)) };
    },
  );
  app.get<{ Params: { id: string } }>('/refusals/:id', ({ params }): RefusalView => {
    const refusal = refusals.get(params.id);
    if (refusal === undefined) throw unknownRefusal(params.id);
    return views.refusal(refusal, signatureHeader(runner, refusal));
  });
  app.get<{ Params: { id: string } }>('/refusals/:id/explanation', ({ params }): RefusalExplanationView => {
    const refusal = refusals.get(params.id);
    if (refusal === undefined) throw unknownRefusal(params.id);
    const { body, now } = readRefused(refusal, runner.deployed(), (automation) => runner.oauth.stalled(automation));
    return views.refusalExplanation(refusal, explainRefusal({ ...refusal, body }, now));
  });
  app.post<{ Params: { id: string } }>('/refusals/:id/replay', async (request, reply): Promise<RunSummaryView> => {
    const { id } = request.params;
    const result = await runner.hooks.replay(id);
    switch (result.kind) {
      case 'no_refusal':
        throw unknownRefusal(id);
      case 'unknown': {
        const { account, automation } = refusals.get(id) ?? {};
        throw unknownAutomation(runner, `the webhook ${account}/${automation}`, callerOf(request).accounts);
      }
      case 'cut':
        throw new ApiError(409, 'cut', 'the body was longer than what is kept: let the sender send it again');
      case 'full':
        throw new ApiError(503, 'backlog_full', 'too many runs wait for their turn');
      case 'stopping':
        throw new ApiError(503, 'stopping', 'the runner stops');
      case 'handshake':
        throw new ApiError(409, 'refused', 'it is no delivery: with it the service tried the address');
      case 'refused':
        throw new ApiError(409, 'refused', `it is refused again: ${runner.redactor.text(result.reason)}`);
      case 'events': {
        const [first] = result.runs.flatMap((run) => runner.store.runs.get(run) ?? []);
        if (first === undefined) throw new ApiError(409, 'refused', 'no automation wants what it holds');
        reply.status(202);
        return views.summary(first);
      }
      case 'accepted':
        reply.status(202);
        return views.summary(result.run);
    }
  });
}

/** In small letters. */
function signatureHeader(runner: Runner, { account, automation }: RefusalRecord): string | undefined {
  const live = runner.deployed();
  const trigger = live.get(`${account}/${automation}`)?.trigger;
  const verify =
    trigger?.kind === 'webhook'
      ? trigger.webhook.verify
      : live.listeners(account, automation)[0]?.trigger.trigger.verify;
  return verify === undefined || verify === 'none' ? undefined : verify.scheme.signature.header?.toLowerCase();
}
