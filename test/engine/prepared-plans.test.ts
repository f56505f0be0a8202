import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PreparedPlans } from '../../src/engine/embedded/prepared-plans.ts';
import { samplePlan } from './sample-plan.ts';

test('a plan that is used stays ready; of those that are not, only so many do', () => {
  const { text, digest } = samplePlan();
  let read = 0;
  const plans = new PreparedPlans({
    plan: () => {
      read += 1;
      return text;
    },
  });
  const first = plans.get(digest);
  for (let other = 0; other < 3000; other++) {
    plans.get(`sha256:${other}`);
    assert.equal(plans.get(digest), first);
  }
  assert.equal(read, 3001);
  plans.get('sha256:0');
  assert.equal(read, 3002);
});
