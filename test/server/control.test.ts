import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
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
