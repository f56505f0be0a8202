import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { LiveDeployment } from '../../src/runner/live-deployment.ts';
import { RunControl } from '../../src/runner/run-control.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { automationOf } from '../compiler/compile-text.ts';
import { newFolder } from '../store/sample-store.ts';
import { count, EngineWorld, until } from './engine-world.ts';

const BODY = {
  type: 'object',
  required: ['items'],
  properties: { items: { type: 'array', items: { type: 'integer' } }, wrong: { type: 'integer' } },
};
const items = (length: number): number[] => Array.from({ length }, (_, index) => index);

function loop(steps: object[], more: object = {}, after: object[] = []): object {
  const each = { id: 'each', for_each: '${{ trigger.body.items }}', as: 'n', steps, ...more };
  return automationOf([each, ...after], BODY, 'output' in more ? { output: '${{ steps.each }}' } : {});
}

const post = {
  id: 'post',
  uses: 'http.request',
  with: { method: 'POST', url: 'https://example.com/', body: { n: '${{ n }}' } },
};

test('a loop over many items keeps order, is journaled by pages, and is shown by them', async () => {
  const world = await EngineWorld.of({
    example: loop([count('one', 'all')], { parallel: 7, output: '${{ n * 2 }}' }),
  });
  const run = await world.ended(await world.start('example', { items: items(1730) }));
  assert.deepEqual(
    run.output,
    items(1730).map((n) => n * 2),
  );
  assert.equal(world.stored('all'), 1730);
  const { runs } = world.store;
  // The first items, and the pages that come after them.
  assert.equal(runs.attempts(run.id).length, 500 + 3);
  assert.equal(runs.attempts(run.id, 'each[1500-1999]').length, 230);
  const [each, ...shown] = await world.trace(run);
  assert.deepEqual(
    each?.pages.map(({ key }) => key.step),
    ['each[500-999]', 'each[1000-1499]', 'each[1500-1999]'],
  );
  assert.equal(shown.length, 500);
  const paths = (await world.trace(run, 'each[1000-1499]')).map(({ path, end }) => `${path} ${end?.kind}`);
  assert.equal(paths.length, 1 + 500 + 500);
  assert.equal(paths.at(-1), 'each[1499].one done');
  await world.close();
});

test('failures of items are collected over all pages; without that, the page of the failure is the last', async () => {
  const fails = { id: 'no', if: '${{ n % 600 === 599 }}', fail: 'no ${{ n }}' };
  const world = await EngineWorld.of({
    collects: loop([count('one', 'all'), fails], { on_item_error: 'collect', output: '${{ n }}' }),
    handles: loop([count('one', 'some'), fails], { on_error: [count('handled', 'handled')] }),
  });
  const collects = await world.ended(await world.start('collects', { items: items(1300) }));
  const { outputs, failures } = collects.output as { outputs: unknown[]; failures: { index: number; step: string }[] };
  assert.deepEqual(
    failures.map(({ index, step }) => [index, step]),
    [
      [599, 'each[599].no'],
      [1199, 'each[1199].no'],
    ],
  );
  assert.deepEqual([outputs.length, outputs[599], outputs[600], world.stored('all')], [1300, null, 600, 1300]);
  const handles = await world.ended(await world.start('handles', { items: items(1300) }));
  assert.equal(handles.status, 'succeeded');
  assert.deepEqual([world.stored('some'), world.stored('handled')], [600, 1]);
  await world.close();
});

test('a long loop that was cut off goes on where it was, and so does one that waits in its middle', async () => {
  const wait = { id: 'pause', if: '${{ n === 1100 }}', wait: { for: '400ms' } };
  const world = await EngineWorld.of({ example: loop([count('one', 'all'), wait, count('two', 'after')]) });
  const run = await world.start('example', { items: items(1250) });
  await until(() => world.store.runs.get(run.id)?.status === 'waiting');
  assert.deepEqual([world.stored('all'), world.stored('after')], [1101, 1100]);
  await world.restart();
  assert.equal((await world.ended(run)).status, 'succeeded');
  assert.deepEqual([world.stored('all'), world.stored('after')], [1250, 1250]);
  await world.close();
});

test('a doubt in a page is settled there; a replay from a later step makes none of its calls again', async () => {
  const after = count('after', 'after');
  const world = await EngineWorld.of({
    example: loop([post], { parallel: 8 }, [
      after,
      { id: 'stopped', if: '${{ trigger.body.wrong === 1 }}', fail: 'wrong' },
    ]),
  });
  const unsure = { class: 'uncertain', code: 'connection_cut', message: 'cut' } as const;
  world.answer = ({ input }) => {
    const { body } = input as { body: { n: number } };
    const sent = { ok: true, output: { status: 200, headers: {}, body: 'ok' } } as const;
    return Promise.resolve(body.n === 700 ? { ok: false, failure: unsure } : sent);
  };
  const { plan } = await world.start('example', { items: [] });
  const run = await world.ended(await world.start('example', { items: items(1050), wrong: 1 }));
  assert.deepEqual([run.plan, run.status, run.failure?.step], [plan, 'uncertain', 'each[700].post']);
  await world.store.deployments.hookSecret('acme', 'example');
  const live = new LiveDeployment(world.store);
  const control = new RunControl(
    world.store,
    world.engine,
    () => live,
    () => undefined,
  );
  const early = await control.replay(run.id, { from: 'after' });
  assert.ok(early.kind === 'refused' && early.reason.includes('each[700].post'), JSON.stringify(early));
  const output = { status: 201, headers: {}, body: 'was done' };
  assert.equal((await control.settle(run.id, { kind: 'happened', output })).kind, 'done');
  const settled = await world.ended(run);
  assert.deepEqual([settled.failure?.code, world.calls.length, world.stored('after')], ['fail_step', 1050, 2]);
  const replay = await control.replay(run.id, { from: 'after' });
  assert.ok(replay.kind === 'done', JSON.stringify(replay));
  await world.ended(replay.run);
  assert.deepEqual([world.calls.length, world.stored('after')], [1050, 3]);
  await world.close();
});

test('a canceled loop begins nothing more; loops within loops have pages of their own', async () => {
  const inner = { id: 'inner', for_each: '${{ trigger.body.items }}', as: 'm', steps: [count('one', 'all')] };
  const world = await EngineWorld.of({
    nested: loop([inner]),
    waits: loop([count('one', 'some'), { id: 'pause', if: '${{ n === 600 }}', wait: { for: '1d' } }]),
  });
  const nested = await world.ended(await world.start('nested', { items: items(30) }));
  assert.equal(world.stored('all'), 900);
  assert.equal(world.store.runs.attempts(nested.id).length, 30 * (20 + 1));
  assert.equal(world.store.runs.attempts(nested.id, 'each[7].inner[20-519]').length, 10);
  const waits = await world.start('waits', { items: items(700) });
  await until(() => world.store.runs.get(waits.id)?.status === 'waiting');
  assert.equal(await world.engine.cancel(waits.id, 'for the test'), true);
  assert.equal((await world.ended(waits)).status, 'canceled');
  await world.restart();
  assert.equal(world.stored('some'), 601);
  await world.close();
});

test('a long loop comes to its end through kills, and does each item once', async () => {
  const folder = newFolder();
  const length = 2400;
  /** One life, killed after so many items. */
  const live = async (killAfter: number): Promise<void> => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'loop-crash-child.ts'), folder, String(length)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let done = 0;
    child.stdout.on('data', (dots: Buffer) => {
      done += dots.length;
      if (done >= killAfter) child.kill('SIGKILL');
    });
    await once(child, 'close');
  };
  for (const killAfter of [400, 700, Infinity]) await live(killAfter);
  const store = openSqliteStore(folder);
  const [run] = store.runs.list({ limit: 1 });
  assert.deepEqual(store.runs.get(run?.id ?? '')?.output, items(length));
  assert.equal(store.storage.get('acme', 'n')?.value, (length * (length - 1)) / 2);
  await store.close();
});
