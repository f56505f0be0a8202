import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AutomationTest, TestCase } from '../../src/generated/test.ts';
import { withRunner, type Setup } from '../server/with-runner.ts';
import { waybill, type Result } from './waybill.ts';

const FILE = 'automations/demo/summarize-text.test.json';

function call({ folder }: Setup, ...args: string[]): Promise<Result> {
  return waybill(['test', ...args, '--workspace', folder]);
}

function recordRun(setup: Setup, run: string, ...args: string[]): Promise<Result> {
  return call(setup, 'record', run, '--data', join(setup.folder, 'data'), ...args);
}

async function lastCase({ folder }: Setup): Promise<TestCase> {
  const { cases } = JSON.parse(await readFile(join(folder, FILE), 'utf8')) as AutomationTest;
  return cases.at(-1) ?? assert.fail('there is no case');
}

test('a run becomes a case that passes, and nothing that it carried is in the file', async () => {
  await withRunner(async (setup) => {
    const before = await readFile(join(setup.folder, FILE), 'utf8');
    const { body } = await setup.post('{"text":"Maria Lopez owes 4821 euros. Write to maria@lopez.example."}');
    const run = body.run ?? '';
    await setup.runner.engine.finished(run);
    const recorded = await recordRun(setup, run, '--name', 'a debt');
    assert.equal(recorded.code, 0, recorded.err);
    const after = await readFile(join(setup.folder, FILE), 'utf8');
    assert.ok(after.startsWith(before.slice(0, before.lastIndexOf('}\n  ]'))), 'the cases before were changed');
    assert.doesNotMatch(after.slice(before.length - 10), /maria|lopez|4821|owes/i);
    assert.ok(!after.includes(run));
    const { trigger, answers, expect } = await lastCase(setup);
    const { text } = trigger.body as { text: string };
    const [, first, last, amount, mail] =
      /^(\w{5}) (\w{5}) \w{4} (4\d{3}) \w{5}\. \w{5} to (\S+)\.\w{7}\.$/.exec(text) ?? [];
    assert.equal(mail, `${first}@${last}`.toLowerCase());
    assert.ok(amount !== undefined);
    // The stand-in summarizes by the first sentence.
    const summary = text.slice(0, text.indexOf('.') + 1);
    assert.deepEqual(expect.storage, { last_summary: summary });
    assert.match(JSON.stringify(answers?.[0]?.with[0]?.output), new RegExp(`"text":"${RegExp.escape(summary)}"`));
    assert.deepEqual(expect.steps, ['summarize', 'save']);
    assert.match(JSON.stringify(expect.requests), /api\.anthropic\.com/);
    const tested = await call(setup);
    assert.equal(tested.code, 0, tested.out);
    assert.match(tested.out, /✓ a debt/);
    const again = await recordRun(setup, run, '--name', 'a debt');
    assert.deepEqual([again.code, await readFile(join(setup.folder, FILE), 'utf8')], [2, after]);
  });
});

test('what failed and was tried again fails and is tried again in the case', async () => {
  await withRunner(async (setup) => {
    setup.standIn.fail({
      kind: 'error',
      status: 429,
      type: 'rate_limit_error',
      message: 'Slower, Maria.',
      headers: { 'retry-after': '0' },
    });
    const passing = await setup.post('{"text":"One."}');
    await setup.runner.engine.finished(passing.body.run ?? '');
    assert.equal((await recordRun(setup, passing.body.run ?? '')).code, 0);
    assert.deepEqual((await lastCase(setup)).expect.attempts, { summarize: 2 });
    setup.standIn.fail({ kind: 'error', status: 401, type: 'authentication_error', message: 'invalid x-api-key' });
    const failing = await setup.post('{"text":"Two."}');
    await setup.runner.engine.finished(failing.body.run ?? '');
    assert.equal((await recordRun(setup, failing.body.run ?? '')).code, 0);
    const { expect } = await lastCase(setup);
    assert.deepEqual([expect.status, expect.error], ['failed', { code: 'http_status', step: 'summarize' }]);
    const tested = await call(setup);
    assert.equal(tested.code, 0, tested.out);
    assert.doesNotMatch(await readFile(join(setup.folder, FILE), 'utf8'), /Maria/);
  });
});
