import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ErrorView, ExplanationView, RunDetailView, RunSummaryView } from '../../src/server/api-types.ts';
import { waybill } from '../cli/waybill.ts';
import { withWorkspace } from './with-workspace.ts';

const COUNTING = {
  name: 'Counting',
  concurrency: { policy: 'skip' },
  trigger: {
    webhook: {
      body: {
        type: 'object',
        required: ['items'],
        properties: { items: { type: 'array', items: { type: 'integer' } }, wait: { type: 'boolean' } },
      },
      verify: 'none',
      respond: 'finished',
    },
  },
  steps: [
    { id: 'pause', if: '${{ trigger.body.wait === true }}', wait: { for: '400ms' } },
    {
      id: 'each',
      for_each: '${{ trigger.body.items }}',
      steps: [
        { id: 'add', uses: 'storage.increment', with: { key: 'n', by: 1 } },
        { id: 'wrong', if: '${{ item === 801 }}', fail: 'no ${{ item }}' },
      ],
    },
  ],
};

function post(hook: string, body: object): Promise<Response> {
  return fetch(hook, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

test('a long loop is shown by pages, and explained from the page in which it failed', async () => {
  await withWorkspace({ automations: { counting: COUNTING } }, async (served) => {
    const { folder } = served;
    const items = Array.from({ length: 1200 }, (_, n) => n);
    const answer = await post(served.hook('counting'), { items });
    const { run } = (await answer.json()) as { run: string };
    assert.equal(answer.status, 502);
    const { body: whole } = await served.api<RunDetailView>(`/runs/${run}`);
    const each = whole.steps.find(({ id }) => id === 'each');
    assert.deepEqual(
      [whole.steps.length, each?.pages?.map(({ page, status }) => [page, status])],
      [1002, [['each[500-999]', 'failed']]],
    );
    const { body: part } = await served.api<RunDetailView>(`/runs/${run}?page=each[500-999]`);
    assert.deepEqual(part.steps.length, 604);
    assert.equal(part.steps.find(({ status }) => status === 'failed')?.path, 'each[801].wrong');
    const { body: explained } = await served.api<ExplanationView>(`/runs/${run}/explanation`);
    assert.equal(explained.findings[0]?.step, 'each[801].wrong');
    const exported = await waybill(['runs', 'export', '--data', join(folder, 'data')]);
    const { steps, called } = JSON.parse(exported.out) as RunDetailView;
    assert.deepEqual([steps.length, called], [1002 + 604, []]);
    assert.deepEqual(
      steps.map(({ path }) => path),
      [...whole.steps, ...part.steps].map(({ path }) => path),
    );
    const shown = await waybill(['runs', 'show', run, '--page', 'each[500-999]', '--data', join(folder, 'data')]);
    assert.match(shown.out, /✓ each\[800\]\.add[^]*✗ each\[801\]\.wrong/);
    const first = await waybill(['runs', 'show', run, '--data', join(folder, 'data')]);
    assert.match(first.out, /page {5}each\[500-999\] \(failed\): --page 'each\[500-999\]'/);
  });
});

test('a sender whose run is skipped is told so, and the run stands in the history', async () => {
  await withWorkspace({ automations: { counting: COUNTING } }, async (served) => {
    const first = post(served.hook('counting'), { items: [], wait: true });
    for (;;) {
      const { body } = await served.api<{ runs: RunSummaryView[] }>('/runs?status=waiting');
      if (body.runs.length > 0) break;
    }
    const second = await post(served.hook('counting'), { items: [] });
    const { error, run } = (await second.json()) as ErrorView & { run: string };
    assert.deepEqual([second.status, error.code], [502, 'run_skipped']);
    const { body } = await served.api<RunDetailView>(`/runs/${run}`);
    assert.deepEqual([body.run.status, body.run.failure?.code], ['canceled', 'run_skipped']);
    assert.equal((await first).status, 200);
  });
});
