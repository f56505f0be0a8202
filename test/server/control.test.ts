import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Json } from '../../src/json/value.ts';
import type { RunDetailView } from '../../src/server/api-types.ts';
import { waybill, type Result } from '../cli/waybill.ts';
import { withRunner } from './with-runner.ts';

const GATE = JSON.stringify({
  name: 'Gate',
  trigger: { manual: { input: { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } } } },
  steps: [
    { id: 'count', uses: 'storage.increment', with: { key: 'count', by: 1 } },
    { id: 'small', if: '${{ trigger.input.n < 5 }}', fail: 'too small' },
  ],
  output: '${{ trigger.input.n }}',
});

test('the commands cancel, replay, pause and resume', async () => {
  await withRunner(async ({ folder, runner }) => {
    await writeFile(join(folder, 'automations/demo/gate.json'), GATE);
    assert.deepEqual(await runner.deploy(), []);
    const cli = (...args: string[]): Promise<Result> => waybill([...args, '--data', join(folder, 'data')]);
    const start = async (n: number): Promise<string> => {
      const result = await runner.startByHand({ account: 'demo', automation: 'gate', input: { n } });
      return result.kind === 'accepted' ? result.run.id : assert.fail();
    };
    const id = await start(1);
    await runner.engine.finished(id);
    assert.match((await cli('runs', 'cancel', id)).err, /has ended already/);
    const replayed = await cli(
      'runs',
      'replay',
      id,
      '--from',
      'small',
      '--trigger',
      '{"input":{"n":7}}',
      '--format',
      'json',
    );
    assert.equal(replayed.code, 0, replayed.err);
    const { id: replay, origin } = JSON.parse(replayed.out) as { id: string; origin: string };
    assert.equal(origin, id);
    assert.equal((await runner.engine.finished(replay)).output, 7);
    assert.equal(runner.store.storage.get('demo', 'count')?.value, 1);
    assert.match((await cli('runs', 'show', replay)).out, new RegExp(`replays +run ${id}`));
    assert.equal((await cli('runs', 'replay')).code, 2);
    const none = await cli('runs', 'replay', '--account', 'demo', '--status', 'failed');
    assert.match(none.out, /nothing to replay/, 'it was replayed');
    assert.match((await cli('runs', 'resolve', id, '--repeat')).err, /is failed, not uncertain/);

    assert.match((await cli('pause', 'demo', 'gate')).out, /paused: demo\/gate/);
    assert.match((await cli('pause', 'dema')).err, /dema is not deployed/);
    const looked = await cli('doctor', '--workspace', folder);
    assert.match(looked.out, /paused: demo\/gate, since 20[^]*waybill resume demo gate/);
    const held = await start(8);
    assert.match((await cli('explain', held)).out, /demo\/gate is paused since 20[^]*waybill resume demo gate/);
    assert.equal(runner.store.runs.get(held)?.status, 'queued');
    const typo = await cli('resume', 'demo', 'gatt');
    assert.deepEqual([typo.code, typo.out], [1, '']);
    assert.match(typo.err, /demo\/gatt is not paused\n +paused: demo\/gate/);
    assert.match((await cli('resume', 'demo', 'gate')).out, /nothing is paused/);
    assert.equal((await runner.engine.finished(held)).status, 'succeeded');
    await cli('pause', 'demo');
    const unwanted = await start(9);
    assert.match((await cli('runs', 'cancel', unwanted)).out, /demo\/gate canceled/);
    await cli('resume', 'demo');
    assert.equal(runner.store.runs.get(unwanted)?.status, 'canceled');

    const old = await cli('runs', 'replay', '--account', 'demo', '--status', 'canceled', '--until', '1h');
    assert.match(old.out, /nothing to replay/);
    await rm(join(folder, 'automations/demo/gate.json'));
    assert.deepEqual(await runner.deploy(), []);
    assert.match((await cli('pause', 'demo', 'gate')).out, /paused: demo\/gate/, 'its runs may go on');
  });
});

/** Fails where what is stored as `sum` is no number. */
const ADD = JSON.stringify({
  name: 'Add',
  trigger: { manual: {} },
  steps: [
    { id: 'count', uses: 'storage.increment', with: { key: 'count', by: 1 } },
    { id: 'add', uses: 'storage.increment', with: { key: 'sum', by: 1 } },
  ],
});
const SET = JSON.stringify({
  name: 'Set',
  trigger: { manual: { input: {} } },
  steps: [{ id: 'set', uses: 'storage.set', with: { key: 'sum', value: '${{ trigger.input }}' } }],
});

test('the commands retry what failed, one, several or many, and cancel many', async () => {
  await withRunner(async ({ folder, runner }) => {
    await writeFile(join(folder, 'automations/demo/add.json'), ADD);
    await writeFile(join(folder, 'automations/demo/set.json'), SET);
    assert.deepEqual(await runner.deploy(), []);
    const cli = (...args: string[]): Promise<Result> => waybill([...args, '--data', join(folder, 'data')]);
    const start = async (automation: string, input?: Json): Promise<string> => {
      const given = input === undefined ? {} : { input };
      const result = await runner.startByHand({ account: 'demo', automation, ...given });
      return result.kind === 'accepted' ? result.run.id : assert.fail();
    };
    const ended = async (id: string): Promise<string> => (await runner.engine.finished(id)).status;
    await ended(await start('set', 'no number'));
    const [one, two, three] = [await start('add'), await start('add'), await start('add')];
    for (const id of [one, two, three]) assert.equal(await ended(id), 'failed');
    assert.match((await cli('explain', one)).out, new RegExp(`waybill runs retry ${one}`));
    await cli('runs', 'retry', one);
    assert.equal(await ended(one), 'failed', 'nothing was mended');
    await ended(await start('set', 0));
    const first = await cli('runs', 'retry', one);
    assert.deepEqual([first.code, first.err], [0, '']);
    assert.equal(await ended(one), 'succeeded');
    const shown = (await cli('runs', 'show', one)).out;
    assert.equal(
      shown.match(/✗ add {2}before a retry\n +attempt 1.*\n.*\n +failure .*storage_not_a_number/g)?.length,
      2,
    );
    const exported = await cli('runs', 'export', '--account', 'demo', '--automation', 'add', '--status', 'succeeded');
    const [line] = exported.out.split('\n');
    assert.equal((JSON.parse(line ?? '') as RunDetailView).retried.length, 2);
    const again = await cli('runs', 'retry', one, 'no-such-run', two);
    assert.equal(again.code, 1);
    assert.match(again.err, /is succeeded: nothing of it failed[^]*no-such-run/);
    assert.equal(await ended(two), 'succeeded');
    const many = await cli('runs', 'retry', '--account', 'demo', '--automation', 'add');
    assert.deepEqual([many.code, many.out.trim()], [0, `run ${three} goes on`]);
    assert.equal(await ended(three), 'succeeded');
    assert.match((await cli('runs', 'retry', '--account', 'demo')).out, /nothing to retry/);
    assert.equal((await cli('runs', 'retry')).code, 2);
    const stored = ['count', 'sum'].map((key) => runner.store.storage.get('demo', key)?.value);
    assert.deepEqual(stored, [3, 3], 'what ended well is done once');

    await cli('pause', 'demo');
    const held = [await start('add'), await start('add')];
    const [oldest = ''] = held;
    assert.match((await cli('runs', 'retry', oldest)).err, /has not ended yet/);
    assert.equal((await cli('runs', 'cancel', '--account', 'demo')).code, 2);
    const canceled = await cli('runs', 'cancel', '--account', 'demo', '--status', 'queued');
    assert.deepEqual(
      canceled.out.trim().split('\n'),
      held.map((id) => `canceled: run ${id}`),
    );
    assert.match((await cli('runs', 'retry', oldest)).err, /was canceled; to start it anew: waybill runs replay/);
    await cli('resume', 'demo');

    await ended(await start('set', 'no number'));
    const last = await start('add');
    await ended(last);
    await rm(join(folder, 'automations/demo/add.json'));
    assert.deepEqual(await runner.deploy(), []);
    assert.match((await cli('runs', 'retry', last)).err, /demo\/add is not deployed any more/);
  });
});
