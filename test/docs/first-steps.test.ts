import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { UserShell } from '../cli/user-shell.ts';
import { root } from '../cli/waybill.ts';

test('the commands of the first steps work, in their order', { timeout: 120_000 }, async () => {
  const place = await mkdtemp(join(tmpdir(), 'waybill-guide-'));
  const shell = new UserShell(place);
  const guide = await readFile(join(root, 'docs/guides/first-steps.md'), 'utf8');
  const blocks = [...guide.matchAll(/```sh\n([^]*?)```/g)].map(([, commands = '']) => commands);
  const [setUp = '', make = '', look = '', dev = '', call = '', breakIt = '', credential = ''] = blocks;
  assert.equal(blocks.length, 7);
  // What the shell of this test has is what the guide sets up.
  assert.equal(setUp, 'export PATH="$PWD/tools/bin:$PATH"\n');
  const run = async (commands: string, cwd: string): Promise<string> => {
    const { code, out, err } = await shell.run(commands, cwd, {
      PATH: `${shell.env['PATH']}:${dirname(process.execPath)}`,
    });
    assert.equal(code, 0, err);
    return out;
  };
  assert.match(await run(make, place), /no findings\n[^]*1 passed/);
  const workspace = join(place, 'my-automations');
  assert.match(await run(look, workspace), /storage\.increment[^]*key/);
  const server = spawn('bash', ['-c', `exec ${dev.trim()} --port 0`], { cwd: workspace, env: shell.env });
  try {
    let shown = '';
    server.stdout.on('data', (chunk) => (shown += String(chunk)));
    while (!/POST \S+/.test(shown)) await once(server.stdout, 'data');
    const called = await run(call, workspace);
    assert.match(called, /"greeting":"Hello, \w[^]*"number":1[^]*demo\/greet +succeeded[^]*greetings +\S+ +1/);
    assert.match(await run(breakIt, workspace), /WB2006[^]*did you mean `name`/);
    assert.match(await run(credential, workspace), /api_key/);
  } finally {
    server.kill('SIGKILL');
    await rm(place, { recursive: true, force: true });
  }
});
