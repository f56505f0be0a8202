import type { Poll } from '../../../src/generated/connector.ts';
import type { Plan } from '../../../src/generated/plan.ts';
import { readyPoll, type LivePoll } from '../../../src/runner/polls/live-poll.ts';

/** A poll of a shop's orders, changed as a test needs it. */
export function samplePoll(change: Partial<Poll> = {}): LivePoll {
  const poll: Poll = {
    request: { method: 'GET', path: '/orders' },
    items: '${{ response.body }}',
    key: '${{ item.id }}',
    order: 'any',
    ...change,
  };
  const connector = { title: 'Shop', version: '1.0.0', actions: {} };
  const context = { name: 'Acme', timezone: 'UTC', locale: 'en-US', region: 'US', currency: 'USD' };
  const plan = { context, connectors: { shop: connector }, connections: {} } as Partial<Plan> as Plan;
  const asked = { on: 'shop.order', with: {}, mappings: [], every_ms: 1000 };
  return readyPoll(plan, { kind: 'poll', first: 'all', ...asked, poll, output: {} });
}
