import type { Plan } from '../../src/generated/plan.ts';
import { namePlan, type NamedPlan } from '../../src/plan/digest.ts';

/** The sample plan as one that is called, and a plan that calls it with what it is given itself. */
export function callingPlans(change: (plan: Plan) => Plan = (plan) => plan): { called: NamedPlan; calling: NamedPlan } {
  const called = samplePlan((plan) => ({
    ...change(plan),
    trigger: { kind: 'manual', input: { type: 'object' } },
    steps: plan.steps.map((step) => (step.id === 'look' ? { ...step, with: { n: '${{ trigger.input.n }}' } } : step)),
  }));
  const calling = samplePlan((plan) => ({
    ...plan,
    automation: 'calling',
    steps: [
      {
        kind: 'call',
        id: 'run',
        automation: called.plan.automation,
        plan: called.digest,
        input: { type: 'object' },
        with: { n: '${{ trigger.body.n }}' },
        mappings: [],
        wait_for_end: true,
      },
    ],
    output: '${{ steps.run }}',
    connectors: {},
  }));
  return { called, calling };
}

/** A plan of three steps: a reading call, a writing call, and a value that is saved. */
export function samplePlan(change: (plan: Plan) => Plan = (plan) => plan): NamedPlan {
  const retry = { attempts: 3 };
  const open = { type: 'object' };
  const call = { kind: 'action' as const, connector: 'ledger', mappings: [], timeout_ms: 5000, retry };
  return namePlan(
    change({
      format: 1,
      account: 'acme',
      automation: 'example',
      name: 'Example',
      context: { name: 'Acme', timezone: 'UTC', locale: 'en-US', region: 'US', currency: 'USD' },
      trigger: { kind: 'webhook', body: open, verify: 'none', respond: 'accepted' },
      steps: [
        { ...call, id: 'look', action: 'read', effect: 'read', with: { n: '${{ trigger.body.n }}' } },
        { ...call, id: 'send', action: 'write', effect: 'write', with: { got: '${{ steps.look }}' } },
        {
          kind: 'action',
          id: 'save',
          connector: 'storage',
          action: 'set',
          effect: 'idempotent',
          with: { key: 'run ${{ run.id }}', value: '${{ steps.send }}' },
          mappings: [],
          timeout_ms: 5000,
          retry,
        },
      ],
      output: '${{ steps.save.key }}',
      connections: {},
      connectors: {
        ledger: {
          title: 'Ledger',
          version: '1.0.0',
          actions: {
            read: { effect: 'read', input: open, output: open },
            write: { effect: 'write', input: open, output: open },
          },
        },
        storage: {
          title: 'Storage',
          version: '1.0.0',
          actions: { set: { effect: 'idempotent', input: open, output: open, native: 'storage' } },
        },
      },
    }),
  );
}
