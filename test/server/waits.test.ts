import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AuditListView, NewTokenView } from '../../src/server/access-types.ts';
import type { RunDetailView } from '../../src/server/api-types.ts';
import { waybill, type Result } from '../cli/waybill.ts';
import { withRunner, type Setup } from './with-runner.ts';

const PAY = JSON.stringify({
  name: 'Pay',
  trigger: { manual: {} },
  steps: [
    { id: 'ask', wait: { approval: { message: 'Pay <b>12</b> & more?' } } },
    { id: 'no', if: '${{ !steps.ask.approved }}', fail: 'rejected by ${{ steps.ask.by }}' },
    {
      id: 'paid',
      wait: {
        event: { payload: { type: 'object', required: ['amount'], properties: { amount: { type: 'integer' } } } },
      },
    },
  ],
  output: { by: '${{ steps.ask.by }}', note: '${{ steps.ask.note }}', amount: '${{ steps.paid.amount }}' },
});

interface Waiting extends Setup {
  run: string;
  cli: (...args: string[]) => Promise<Result>;
  detail: () => Promise<RunDetailView>;
  /** Posts to a path below the run in the API. */
  send: (path: string, body: object) => Promise<{ status: number; text: string }>;
}

/** A run that waits for an approval. */
async function withWaiting(use: (waiting: Waiting) => Promise<void>): Promise<void> {
  await withRunner(async (setup) => {
    await writeFile(join(setup.folder, 'automations/demo/pay.json'), PAY);
    assert.deepEqual(await setup.runner.deploy(), []);
    const headers = { authorization: `Bearer ${setup.token}` };
    const started = await setup.runner.startByHand({ account: 'demo', automation: 'pay', input: undefined });
    assert.ok(started.kind === 'accepted');
    const run = started.run.id;
    const detail = async (): Promise<RunDetailView> =>
      (await (await fetch(`${setup.url}/api/v1/runs/${run}`, { headers })).json()) as RunDetailView;
    await until(async () => (await detail()).steps[0]?.approval !== undefined);
    await use({
      ...setup,
      run,
      detail,
      cli: (...args) => waybill([...args, '--data', join(setup.folder, 'data')]),
      send: async (path, body) => {
        const address = `${setup.url}/api/v1/runs/${run}/${path}`;
        const response = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
        return { status: response.status, text: await response.text() };
      },
    });
  });
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('who may only look is not given the link of an approval, and the one who decided is written down', async () => {
  await withWaiting(async ({ url, token, detail, run }) => {
    const headers = { authorization: `Bearer ${token}` };
    const body = JSON.stringify({ name: 'x', role: 'viewer', accounts: ['demo'], expires_in_s: 60 });
    const made = await fetch(`${url}/api/v1/tokens`, { method: 'POST', headers, body });
    const { token: viewer } = (await made.json()) as NewTokenView;
    const seen = await fetch(`${url}/api/v1/runs/${run}`, { headers: { authorization: `Bearer ${viewer}` } });
    const { steps } = (await seen.json()) as RunDetailView;
    assert.deepEqual([steps[0]?.status, steps[0]?.approval], ['waiting', undefined]);
    const path = (await detail()).steps[0]?.approval ?? '';
    await fetch(url + path, { method: 'POST', body: new URLSearchParams({ approved: 'yes', by: 'Ada' }) });
    const { entries } = (await (await fetch(`${url}/api/v1/audit`, { headers })).json()) as AuditListView;
    const [{ actor, name, target, account } = assert.fail('nothing is written down')] = entries;
    assert.deepEqual([actor, name, target, account], ['link', 'Ada', `${run}/ask`, 'demo']);
  });
});

test('an approval is asked for and decided on its page, which nobody without the link can open', async () => {
  await withWaiting(async ({ url, detail, run, runner, send }) => {
    const path = (await detail()).steps[0]?.approval ?? '';
    const page = await fetch(url + path);
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    const html = await page.text();
    assert.match(html, /Pay &#60;b&#62;12&#60;\/b&#62; &#38; more\?/);
    assert.match(html, /demo\/pay/);
    assert.equal((await fetch(`${url}${path.slice(0, -1)}x`)).status, 404);
    const decide = (fields: object): Promise<Response> =>
      fetch(url + path, { method: 'POST', body: new URLSearchParams({ ...fields }) });
    assert.equal((await decide({ approved: 'yes' })).status, 400);
    assert.equal((await decide({ approved: 'yes', by: 'Ada', note: 'fine' })).status, 200);
    assert.equal((await fetch(url + path)).status, 404, 'it is decided');
    await until(async () => (await detail()).steps[2]?.status === 'waiting');
    assert.equal((await send('events', { step: 'paid', payload: { amount: 12 } })).status, 200);
    const { output } = await runner.engine.finished(run);
    assert.deepEqual(output, { by: 'Ada', note: 'fine', amount: 12 });
  });
});

test('what does not fit or is not waited for is refused with the reason', async () => {
  await withWaiting(async ({ send, detail, run, cli, runner }) => {
    const early = await send('events', { step: 'paid', payload: { amount: 1 } });
    assert.deepEqual([early.status, /not_waiting/.test(early.text)], [409, true]);
    assert.match((await send('events', { step: 'ask', payload: 1 })).text, /no step ask that waits for an event/);
    assert.match((await send('approvals', { step: 'ask', approved: 1, by: 'x' })).text, /bad_request/);
    const approved = await cli('runs', 'approve', run, 'ask', '--by', 'Bob');
    assert.equal(approved.code, 0, approved.err);
    await until(async () => (await detail()).steps[2]?.status === 'waiting');
    assert.match((await send('events', { step: 'paid', payload: {} })).text, /the payload lacks the property `amount`/);
    const told = await cli('runs', 'event', run, 'paid', '--payload', '{"amount":9007199254740993}');
    assert.equal(told.code, 0, told.err);
    assert.equal((await runner.engine.finished(run)).status, 'succeeded');
    assert.match((await cli('runs', 'show', run)).out, /"amount":9007199254740993[^]*Bob/);
    assert.equal((await cli('runs', 'reject', run, 'ask')).code, 2);
  });
});

test('a rejection is an answer too', async () => {
  await withWaiting(async ({ cli, run, runner }) => {
    assert.equal((await cli('runs', 'reject', run, 'ask', '--by', 'Bob', '--note', 'too much')).code, 0);
    const { status, failure } = await runner.engine.finished(run);
    assert.equal(status, 'failed');
    assert.match(failure?.message ?? '', /rejected by Bob/);
  });
});

const BOTH = JSON.stringify({
  name: 'Both',
  trigger: { manual: {} },
  steps: [
    {
      id: 'both',
      branches: {
        left: { steps: [{ id: 'no', fail: 'out of stock' }] },
        right: { steps: [{ id: 'ask', wait: { approval: { message: 'Pay?' } } }] },
      },
    },
  ],
});

test('a run that waits beside a failure shows it, in the API and in the commands', async () => {
  await withRunner(async ({ folder, runner, url, token }) => {
    await writeFile(join(folder, 'automations/demo/both.json'), BOTH);
    assert.deepEqual(await runner.deploy(), []);
    const started = await runner.startByHand({ account: 'demo', automation: 'both', input: undefined });
    assert.ok(started.kind === 'accepted');
    const { id } = started.run;
    await until(() => Promise.resolve(runner.store.runs.get(id)?.status === 'waiting'));
    const headers = { authorization: `Bearer ${token}` };
    const { standing } = (await (await fetch(`${url}/api/v1/runs/${id}`, { headers })).json()) as RunDetailView;
    const what = 'branch `left` of step `both` has failed: step no: out of stock';
    const comes = 'the run ends so when step `ask` is over';
    assert.deepEqual(standing, [{ step: 'no', what, comes }]);
    for (const command of ['runs show', 'explain']) {
      const { out } = await waybill([...command.split(' '), id, '--data', join(folder, 'data')]);
      assert.ok(out.includes(what) && out.includes(comes) && out.includes(`waybill runs cancel ${id}`), out);
    }
    await runner.control.cancel(id);
    const after = (await (await fetch(`${url}/api/v1/runs/${id}`, { headers })).json()) as RunDetailView;
    assert.deepEqual(after.standing, []);
  });
});
