import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namePlan } from '../../src/plan/digest.ts';
import { renderPlan } from '../../src/plan/render-text.ts';
import { automationOf, compileAutomation } from '../compiler/compile-text.ts';

test('a plan says how often a step is tried, with all defaults filled in; without `retry` it says nothing', () => {
  const keep = { id: 'keep', uses: 'storage.set', with: { key: 'k', value: 1 } };
  const arms = [{ if: '${{ trigger.body.n > 0 }}', steps: [keep] }];
  const steps = [
    { id: 'way', switch: arms, retry: {}, timeout: '1m' },
    { id: 'all', branches: { one: { steps: [{ ...keep, id: 'other' }] } }, retry: { attempts: 3 } },
    { id: 'each', for_each: '${{ [1] }}', steps: [{ ...keep, id: 'third' }], timeout: '1m' },
  ];
  const body = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } };
  const { diagnostics, plans } = compileAutomation(automationOf(steps, body));
  assert.deepEqual(diagnostics, []);
  const [plan] = plans;
  assert.ok(plan !== undefined);
  const text = renderPlan(namePlan(plan));
  assert.match(text, /way: switch, tried 6 times at most, within 60 s each\n/);
  assert.match(text, /all: at the same time, tried 3 times at most\n/);
  assert.match(text, /each: for each item of .*, within 60 s\n/);
  assert.deepEqual(
    plan.steps.map((step) => 'retry' in step && step.retry),
    [{ attempts: 6 }, { attempts: 3 }, false],
  );
});
