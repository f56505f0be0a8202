import type { FastifyInstance } from 'fastify';
import { addressPath, connectionOf } from '../runner/hook-address.ts';
import { hookPath } from '../runner/live-deployment.ts';
import type { Runner } from '../runner/runner.ts';
import { sampleDelivery } from '../runner/sample-delivery.ts';
import { SecretError } from '../secrets/secret-error.ts';
import type { AccountScope } from '../store/records.ts';
import { callerOf } from './access/guard.ts';
import { ApiError, unknownAutomation } from './api-error.ts';
import type { HookView, RotatedHookView } from './api-types.ts';
import { iso } from './views.ts';

interface OfAutomation {
  account: string;
  automation: string;
}

/** Seconds: a week, in which a sender can be told the new address; at most a year. */
const OVERLAP_S = 7 * 24 * 60 * 60;
const MAX_OVERLAP_S = 366 * 24 * 60 * 60;

const ROTATE = {
  type: ['object', 'null'],
  additionalProperties: false,
  properties: {
    overlap_s: {
      type: 'integer',
      minimum: 0,
      maximum: MAX_OVERLAP_S,
      description: 'Seconds that the old address is still taken (default: a week).',
    },
  },
};

/** Shows the addresses of webhooks and replaces them. */
export function addHookAddressRoutes(app: FastifyInstance, runner: Runner): void {
  app.get<{ Params: OfAutomation }>('/hooks/:account/:automation', (request): Promise<HookView> =>
    hookView(runner, request.params, callerOf(request).accounts),
  );
  app.post<{ Params: OfAutomation; Body: { overlap_s?: number } | null }>(
    '/hooks/:account/:automation/rotate',
    { schema: { body: ROTATE } },
    async (request): Promise<RotatedHookView> => {
      const { params, body } = request;
      const { accounts } = callerOf(request);
      // Says why where there is none.
      await hookView(runner, params, accounts);
      const overlapMs = (body?.overlap_s ?? OVERLAP_S) * 1000;
      const until = await runner.rotateHook(params.account, params.automation, overlapMs);
      if (until === undefined) throw unknownAutomation(runner, `${params.account}/${params.automation}`, accounts);
      return { ...(await hookView(runner, params, accounts)), former_until: iso(until) };
    },
  );
}

async function hookView(runner: Runner, { account, automation }: OfAutomation, scope: AccountScope): Promise<HookView> {
  const target = `${account}/${automation}`;
  const connection = connectionOf(automation);
  if (connection !== undefined) return connectionView(runner, account, connection, automation);
  const live = runner.deployed().get(target);
  if (live === undefined) throw unknownAutomation(runner, target, scope);
  const path = hookPath(live);
  if (live.trigger.kind !== 'webhook' || path === undefined)
    throw new ApiError(409, 'no_hook', `${target} has no webhook: its trigger is ${live.trigger.kind}`);
  const { verify } = live.trigger.webhook;
  return {
    path,
    url: runner.publicUrl && runner.publicUrl + path,
    ...sampleDelivery(live.trigger),
    verified: verify === 'none' ? undefined : verify.name,
    listeners: [],
    given_key: undefined,
  };
}

async function connectionView(runner: Runner, account: string, connection: string, hook: string): Promise<HookView> {
  const live = runner.deployed();
  const [listeners, secret] = [live.listeners(account, hook), live.addressSecret(account, hook)];
  const [first] = listeners;
  if (first === undefined || secret === undefined)
    throw new ApiError(409, 'no_hook', `nothing is sent to the connection ${connection} of ${account}`);
  const path = addressPath(account, hook, secret);
  return {
    path,
    url: runner.publicUrl && runner.publicUrl + path,
    sample: undefined,
    issues: [],
    verified: first.trigger.trigger.verify.name,
    listeners: listeners.map(({ plan, trigger }) => {
      const { on, webhook } = trigger.trigger;
      return { automation: plan.automation, on, setup: webhook.setup };
    }),
    given_key: await givenKey(runner, account, connection, secret),
  };
}

/** `undefined` also where it does not open: then deliveries say why. */
async function givenKey(
  runner: Runner,
  account: string,
  connection: string,
  secret: string,
): Promise<string | undefined> {
  try {
    return await runner.signingKeys.given(account, connection, secret);
  } catch (error) {
    if (error instanceof SecretError) return undefined;
    throw error;
  }
}
