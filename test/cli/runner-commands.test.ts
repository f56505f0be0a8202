import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import { writeRunnerAddress } from '../../src/runner/runner-address.ts';
import type { ExplanationView, RefusalListView, RunDetailView, RunListView } from '../../src/server/api-types.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { withRunner, type Setup } from '../server/with-runner.ts';
import { waybill, type Result } from './waybill.ts';

function ask({ folder }: Setup, command: string): Promise<Result> {
  return waybill([...command.split(' '), '--data', join(folder, 'data')]);
}

test('runs are listed and shown, as text and as JSON', async () => {
  await withRunner(async (setup) => {
    assert.equal((await ask(setup, 'runs list')).out, 'no runs\n');
    const { body } = await setup.post('{"text":"One. Two."}');
    await setup.runner.engine.finished(body.run ?? '');
    const list = await ask(setup, 'runs list --account demo');
    assert.match(list.out, new RegExp(`RUN +AUTOMATION[^]*${body.run} +demo/summarize-text +succeeded`));
    const { runs } = JSON.parse((await ask(setup, 'runs list --format json')).out) as RunListView;
    assert.deepEqual(
      runs.map(({ id }) => id),
      [body.run],
    );
    const shown = await ask(setup, `runs show ${body.run}`);
    assert.equal(shown.code, 0, shown.err);
    assert.match(
      shown.out,
      /✓ summarize +anthropic\.message_to_ai\n[^]*attempt 1, \d+ ms, \d+ bytes in, \d+ bytes out[^]*✓ save +storage\.set\n/,
    );
    const { steps } = JSON.parse((await ask(setup, `runs show ${body.run} --format json`)).out) as RunDetailView;
    assert.equal(steps.length, 2);
    const unknown = await ask(setup, 'runs show nope');
    assert.deepEqual([unknown.code, unknown.err], [1, 'waybill: there is no run nope\n']);
  });
});

test('a failed run shows why and the way out, and is a finding', async () => {
  await withRunner(async (setup) => {
    const error = { status: 401, type: 'authentication_error', message: 'invalid x-api-key' };
    setup.standIn.fail({ kind: 'error', ...error });
    const { body } = await setup.post('{"text":"One."}');
    await setup.runner.engine.finished(body.run ?? '');
    const { code, out } = await ask(setup, `runs show ${body.run}`);
    assert.equal(code, 1);
    assert.match(
      out,
      /failed[^]*✗ summarize[^]*failure +Anthropic answered 401[^]*way out[^]*· save +storage\.set +not reached/,
    );
  });
});

test('wait follows the next run and ends with it', async () => {
  await withRunner(async (setup) => {
    const waited = ask(setup, 'runs wait --account demo --timeout 20');
    // The command says on stderr when it listens; until then another run would be missed, so runs go on coming.
    const sender = setInterval(() => void setup.post('{"text":"One. Two."}'), 300);
    const { code, out, err } = await waited;
    clearInterval(sender);
    assert.equal(code, 0, err);
    assert.match(err, /Waiting for the next run/);
    assert.match(
      out,
      /^demo\/summarize-text queued [^]*✓ summarize\n[^]*✓ save\n[^]*demo\/summarize-text succeeded in/,
    );
    const none = await ask(setup, 'runs wait --account nobody --timeout 1');
    assert.deepEqual([none.code, none.err.includes('no run began within 1 seconds')], [1, true]);
  });
});

test('stored values are read and listed', async () => {
  await withRunner(async (setup) => {
    assert.equal((await ask(setup, 'storage list demo')).out, 'nothing is stored\n');
    const { body } = await setup.post('{"text":"One. Two."}');
    await setup.runner.engine.finished(body.run ?? '');
    assert.deepEqual(await ask(setup, 'storage get demo last_summary'), { code: 0, out: '"One."\n', err: '' });
    assert.match((await ask(setup, 'storage list demo')).out, /^KEY +WRITTEN +VALUE\nlast_summary +\S+Z +"One\."\n$/);
    const missing = await ask(setup, 'storage get demo last');
    assert.equal(missing.code, 1);
    assert.match(missing.err, /has no key last\n +keys: last_summary/);
  });
});

test('a refused delivery is listed, shown, and replayed after a fix', async () => {
  await withRunner(async (setup) => {
    assert.equal((await ask(setup, 'refusals list')).out, 'nothing was refused\n');
    await setup.post('{"message":"One. Two."}');
    const list = await ask(setup, 'refusals list --account demo');
    assert.match(
      list.out,
      /REFUSAL +AUTOMATION[^]*demo\/summarize-text +\S+Z +400 +the body lacks the property `text`/,
    );
    const { refusals } = JSON.parse((await ask(setup, 'refusals list --format json')).out) as RefusalListView;
    const id = refusals[0]?.id ?? '';
    const shown = await ask(setup, `refusals show ${id}`);
    assert.match(
      shown.out,
      /answered 400[^]*header +content-type: application\/json[^]*\n\{"message":"One. Two."\}\n$/,
    );
    const again = await ask(setup, `refusals replay ${id}`);
    assert.deepEqual([again.code, /refused again: the body lacks/.test(again.err)], [2, true]);
    const file = join(setup.folder, 'automations/demo/summarize-text.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replaceAll('"text"', '"message"').replace('trigger.body.text', 'trigger.body.message'));
    await rm(file.replace('.json', '.test.json'));
    assert.deepEqual(await setup.runner.deploy(), []);
    const replayed = await ask(setup, `refusals replay ${id}`);
    assert.equal(replayed.code, 0, replayed.err);
    const [, run = ''] = /accepted as run (\S+):/.exec(replayed.out) ?? [];
    assert.equal((await setup.runner.engine.finished(run)).status, 'succeeded');
    assert.match((await ask(setup, 'refusals list')).out, new RegExp(`replayed as run ${run}`));
    assert.equal((await ask(setup, 'refusals show nothing')).code, 1);
  });
});

test('the curl that url prints is taken by the webhook', async () => {
  await withRunner(async (setup) => {
    const { code, out } = await ask(setup, 'url demo summarize-text');
    assert.equal(code, 0);
    const curl = out.trim().split('\n').at(-1) ?? '';
    const { stdout } = await promisify(execFile)('sh', ['-c', `${curl} --silent`]);
    assert.equal((JSON.parse(stdout) as { status: string }).status, 'accepted');
    assert.match(
      (await ask(setup, 'url demo nothing')).err,
      /demo\/nothing is not deployed\n +deployed: demo\/summarize-text/,
    );
  });
});

test('without a runner the commands say how to start one', async () => {
  await withRunner(async (setup) => {
    await setup.close();
    for (const command of ['runs list', 'runs wait', 'storage list demo', 'url demo summarize-text']) {
      const { code, err } = await ask(setup, command);
      assert.equal(code, 3);
      assert.match(err, /no runner is up .* waybill dev/);
    }
  });
});

test('the newest failure is explained, with what to check', async () => {
  await withRunner(async (setup) => {
    assert.match((await ask(setup, 'explain')).err, /no run has failed/);
    setup.standIn.fail({ kind: 'error', status: 401, type: 'authentication_error', message: 'invalid x-api-key' });
    const { body } = await setup.post('{"text":"One."}');
    await setup.runner.engine.finished(body.run ?? '');
    const { code, out } = await ask(setup, 'explain --account demo');
    assert.equal(code, 0);
    assert.match(out, /demo\/summarize-text failed at step `summarize`\.\n\nAnthropic answered 401: invalid x-api-key/);
    assert.match(
      out,
      /because +the service answered[^]*do +is the key still[^]*do +then give a new one: waybill connect demo anthropic/,
    );
    const view = JSON.parse((await ask(setup, `explain ${body.run} --format json`)).out) as ExplanationView;
    assert.deepEqual([view.run.id, view.findings[0]?.step], [body.run, 'summarize']);
  });
});

test('an export that is cut off leaves no file that looks whole', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.write('{"run":{}}\n', () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const data = await mkdtemp(join(tmpdir(), 'waybill-cut-'));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeRunnerAddress(data, { url, token: 'wbt_any' });
  const out = join(data, 'runs.jsonl');
  const cut = await waybill(['runs', 'export', '--data', data, '--out', out]);
  assert.deepEqual([cut.code, /cut its answer off/.test(cut.err), existsSync(out)], [3, true, false]);
  server.close();
});

test('runs are exported as JSON Lines, and the data is backed up and restored while the runner is up', async () => {
  await withRunner(async (setup) => {
    for (const text of ['One.', 'Two.']) {
      const { body } = await setup.post(JSON.stringify({ text }));
      await setup.runner.engine.finished(body.run ?? '');
    }
    const out = join(setup.folder, 'runs.jsonl');
    const exported = await ask(setup, `runs export --account demo --since 1h --out ${out}`);
    assert.equal(exported.err, `Wrote 2 runs to ${out}.\n`);
    const lines = (await readFile(out, 'utf8')).trim().split('\n');
    const texts = lines.map((line) => (JSON.parse(line) as RunDetailView).run.trigger);
    assert.deepEqual(texts, [{ body: { text: 'Two.' } }, { body: { text: 'One.' } }]);
    const twice = await ask(setup, `runs export --out ${out}`);
    assert.deepEqual([twice.code, /never overwrites/.test(twice.err)], [2, true]);
    assert.equal((await readFile(out, 'utf8')).trim().split('\n').length, 2);
    assert.equal((await ask(setup, 'runs export --until 1h')).out, '');
    assert.match((await ask(setup, 'runs export --since yesterday')).err, /It must be a date/);

    const file = join(setup.folder, 'backup.db');
    assert.equal((await ask(setup, `backup ${file}`)).code, 0);
    const data = join(setup.folder, 'restored');
    assert.equal((await waybill(['restore', file, '--data', data])).code, 0);
    const store = openSqliteStore(data);
    assert.equal(store.runs.list({ limit: 9 }).length, 2);
    await store.close();
    const again = await waybill(['restore', file, '--data', data]);
    assert.deepEqual([again.code, /holds data already/.test(again.err)], [3, true]);
  });
});
