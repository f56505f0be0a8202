import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { UserShell } from '../cli/user-shell.ts';
import { root } from '../cli/waybill.ts';
import { newFolder, Origin } from '../runner/deploy/origin.ts';

const guide = readFileSync(join(root, 'docs/guides/deploy.md'), 'utf8');

function block(title: string): string {
  const [, commands] = new RegExp(`\`\`\`sh${title}\n([^]*?)\`\`\``).exec(guide) ?? [];
  assert.ok(commands !== undefined, `the guide has a block${title}`);
  return commands;
}

test('the commands of the guide follow and steer a repository', { timeout: 60_000 }, async () => {
  const place = newFolder();
  const origin = new Origin(join(place, 'flows'));
  origin.account('acme');
  origin.automation('acme', 'one', '1');
  const first = origin.commit();
  const shell = new UserShell(place);
  const serving = spawn('bash', ['-euc', `exec ${block(' serve').trim()}`], { cwd: place, env: shell.env });
  try {
    let shown = '';
    for (const stream of [serving.stdout, serving.stderr]) stream.on('data', (chunk) => (shown += String(chunk)));
    while (!shown.includes('Deployed')) {
      assert.equal(serving.exitCode, null, shown);
      await delay(10);
    }
    origin.automation('acme', 'one', '2');
    const second = origin.commit();
    const [, tried = ''] = [...guide.matchAll(/```sh\n([^]*?)```/g)].map(([, commands = '']) => commands);
    const looked = await shell.run(tried, place);
    assert.equal(looked.code, 0, looked.err);
    for (const commit of [first, second]) assert.match(looked.out, new RegExp(`ready at ${commit.slice(0, 10)}`));
    const steered = await shell.run(block(' steer'), place);
    assert.equal(steered.code, 0, steered.err);
    assert.deepEqual(
      [...steered.out.matchAll(/^(pinned|status) +(\w+)/gm)].map(([, what, word]) => `${what} ${word}`),
      [`pinned ${second.slice(0, 10)}`, 'status ready', 'status ready', 'status suspended', 'status ready'],
    );
  } finally {
    if (serving.kill('SIGTERM')) await once(serving, 'close');
  }
});
