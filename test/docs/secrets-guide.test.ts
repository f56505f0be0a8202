import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');

test('the commands of the guide to secrets work, in their order', { timeout: 60_000 }, async () => {
  const home = await mkdtemp(join(tmpdir(), 'waybill-guide-'));
  try {
    const workspace = join(home, 'workspace');
    await mkdir(join(workspace, 'automations/acme'), { recursive: true });
    await mkdir(join(home, 'bin'));
    await writeFile(
      join(home, 'bin/waybill'),
      `#!/bin/sh\nexec '${process.execPath}' '${root}/src/cli/main.ts' "$@"\n`,
    );
    await chmod(join(home, 'bin/waybill'), 0o755);
    await writeFile(join(workspace, 'waybill.json'), '{ "waybill": "0.1.0" }');
    await writeFile(join(home, 'credential.json'), '{"api_key":"sk-ant-the-first-key-of-acme"}');
    await writeFile(join(home, 'new-key.txt'), 'sk-ant-the-second-key-of-acme\n');

    const guide = await readFile(join(root, 'docs/guides/secrets.md'), 'utf8');
    const blocks = [...guide.matchAll(/```sh\n([^]*?)```/g)].map(([, commands = '']) => commands);
    const script = ['git init -q', ...blocks].map((block, index) => `echo "== ${index}"\n${block}`).join('\n');
    const { stdout } = await promisify(execFile)('bash', ['-e', '-u', '-c', script], {
      cwd: workspace,
      env: {
        HOME: home,
        PATH: `${join(home, 'bin')}:${process.env['PATH']}`,
        ...Object.fromEntries(
          ['AUTHOR', 'COMMITTER'].flatMap((who) => [
            [`GIT_${who}_NAME`, 'Test'],
            [`GIT_${who}_EMAIL`, 'test@example.com'],
          ]),
        ),
      },
    });
    const said = stdout.split(/== \d+\n/).slice(2);
    const [, , , read = '', diff = '', , who = '', revoked = '', checked = ''] = said;
    assert.match(read, /acme\/anthropic +api_key +api\.anthropic\.com +2 keys/);
    assert.match(read, /\nsk-ant-the-first-key-of-acme\n/);
    assert.match(read, /anthropic\.json \| 6 \+\+\+---/);
    assert.match(
      diff,
      /-field api_key: encrypted[^]*\+field api_key: encrypted[^]* may be sent to api\.anthropic\.com/,
    );
    assert.match(who, /age1pq1\S+\n {2}reads acme\/anthropic[^]*waybill secrets rotate acme[^]*settings\/keys/);
    assert.match(revoked, /age1pq1\S+ was removed[^]*new data key, for 1 key\b[^]*could once read acme\/anthropic/);
    assert.match(checked, /no findings\n1 secrets file: no findings/);
    assert.doesNotMatch(stdout.replace(read, ''), /key-of-acme/);
  } finally {
    await rm(home, { recursive: true });
  }
});
