import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { withRunner, type Setup } from '../server/with-runner.ts';
import { waybill, type Result } from './waybill.ts';

function attempt({ folder }: Setup, ...args: string[]): Promise<Result> {
  return waybill(['try', ...args, '--workspace', folder, '--data', join(folder, 'data')]);
}

async function posted(setup: Setup, ...texts: string[]): Promise<void> {
  for (const text of texts) {
    const { body } = await setup.post(JSON.stringify({ text }));
    await setup.runner.engine.finished(body.run ?? '');
  }
}

test('the newest request is run again, with what is deployed now, and its steps are shown', async () => {
  await withRunner(async (setup) => {
    await posted(setup, 'Old. One.', 'New. One.');
    const tried = await attempt(setup, 'demo/summarize-text');
    assert.equal(tried.code, 0, tried.err);
    assert.match(tried.out, /demo\/summarize-text succeeded[^]*✓ summarize[^]*"prompt":"New\. One\."[^]*✓ save/);
    await attempt(setup, 'demo/summarize-text', '--records', '9');
    const texts = setup.runner.store.runs
      .list({ limit: 99 })
      .map(({ id }) => JSON.stringify(setup.runner.store.runs.get(id)?.trigger['body']));
    assert.equal(texts.length, 5, 'trials are not tried again');
    assert.match(texts[0] ?? '', /Old/);
  });
});

test('when the same failure comes three times, the rest is not tried, and the failure is explained', async () => {
  await withRunner(async (setup) => {
    await posted(setup, ...Array.from({ length: 6 }, (_, index) => `Text ${index}.`));
    for (let index = 0; index < 6; index++)
      setup.standIn.fail({ kind: 'error', status: 401, type: 'authentication_error', message: 'invalid x-api-key' });
    const { code, out } = await attempt(setup, 'demo/summarize-text', '--records', '6');
    assert.equal(code, 1);
    assert.equal(
      out.match(/^demo\/summarize-text failed in/gm)?.length,
      5,
      'three trials, then the steps and the reason of one',
    );
    assert.match(out, /came 3 times: the other 3 are not tried[^]*✗ summarize[^]*do +is the key still there/);
  });
});

test('without a history it shows what to send and waits for it', async () => {
  await withRunner(async (setup) => {
    const { engine } = setup.runner;
    const watch = engine.watch.bind(engine);
    const seen = { watchers: 0 };
    engine.watch = (listener) => {
      seen.watchers += 1;
      return watch(listener);
    };
    const tried = attempt(setup, 'demo/summarize-text');
    while (seen.watchers === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await posted(setup, 'First. Second.');
    const { code, out } = await tried;
    assert.equal(code, 0);
    assert.match(out, /no history yet[^]*curl -X POST http[^]*✓ summarize[^]*demo\/summarize-text succeeded/);
  });
});

test('a sample and the records of a file are tried too, as far as they fit', async () => {
  await withRunner(async (setup) => {
    const sample = await attempt(setup, 'demo/summarize-text', '--from', 'sample');
    assert.match(sample.out, /succeeded/, sample.err);
    const file = join(setup.folder, 'records.jsonl');
    await writeFile(file, '{"text":"A. B."}\n\n{"text":"C. D."}\n');
    const fromFile = await attempt(setup, 'demo/summarize-text', '--from', file, '--records', '5');
    assert.equal(fromFile.out.match(/^demo\/summarize-text succeeded/gm)?.length, 3, fromFile.err);
    await writeFile(file, '{"text":"A. B."}\n{"txet":');
    assert.match((await attempt(setup, 'demo/summarize-text', '--from', file)).err, /line 2, is not JSON/);
    const misfit = join(setup.folder, 'record.json');
    await writeFile(misfit, '{"message":"A"}');
    assert.match(
      (await attempt(setup, 'demo/summarize-text', '--from', misfit)).err,
      /the body lacks the property `text`/,
    );
    assert.match((await attempt(setup, 'demo/nothing')).err, /demo\/nothing is not deployed/);
  });
});

test('without a name, it is the automation that was committed last', async () => {
  await withRunner(async (setup) => {
    const git = (...args: string[]): void => {
      const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
      execFileSync('git', [...identity, ...args], { cwd: setup.folder });
    };
    assert.match((await attempt(setup)).err, /no automation was committed last\n +name one: demo\//);
    git('init', '--quiet');
    git('add', 'automations/demo/summarize-text.json');
    git('commit', '--quiet', '--message', 'one');
    await posted(setup, 'One. Two.');
    assert.match((await attempt(setup)).out, /demo\/summarize-text succeeded/);
    git('add', 'automations/demo', 'automations/shared');
    git('commit', '--quiet', '--message', 'all');
    assert.match((await attempt(setup)).err, /several[^]*name one: demo\/summarize-text, demo\/tally-leads/);
  });
});
