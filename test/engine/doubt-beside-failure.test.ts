import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failure } from '../../src/run/failure.ts';
import { automationOf } from '../compiler/compile-text.ts';
import { EngineWorld } from './engine-world.ts';

const BODY = { type: 'object' };
const UNSURE: Failure = { class: 'uncertain', code: 'connection_cut', message: 'cut' };
const REFUSED: Failure = { class: 'permanent', code: 'http_status', message: 'no', status: 400 };

const post = (id: string, body: string): object => ({
  id,
  uses: 'http.request',
  with: { method: 'POST', url: 'https://example.com/', body },
});

test('what nobody is sure of comes out before a failure beside it, in branches and in loops', async () => {
  const world = await EngineWorld.of({
    branches: automationOf(
      [
        {
          id: 'both',
          branches: { left: { steps: [post('no', 'refused')] }, right: { steps: [post('cut', 'unsure')] } },
        },
      ],
      BODY,
    ),
    loop: automationOf(
      [{ id: 'each', for_each: '${{ ["refused", "unsure"] }}', parallel: 2, steps: [post('send', '${{ item }}')] }],
      BODY,
    ),
  });
  world.answer = ({ input }) => {
    const { body } = input as { body: string };
    return Promise.resolve({ ok: false, failure: body === 'unsure' ? UNSURE : REFUSED });
  };
  for (const [automation, step] of [
    ['branches', 'cut'],
    ['loop', 'each[1].send'],
  ] as const) {
    const run = await world.ended(await world.start(automation, {}));
    assert.deepEqual([run.status, run.failure?.step], ['uncertain', step]);
  }
  await world.close();
});
