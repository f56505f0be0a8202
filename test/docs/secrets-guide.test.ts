import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { UserShell } from '../cli/user-shell.ts';
import { root } from '../cli/waybill.ts';

test('the commands of the guide to secrets work, in their order', { timeout: 60_000 }, async () => {
  const place = await mkdtemp(join(tmpdir(), 'waybill-guide-'));
  try {
    const workspace = join(place, 'workspace');
    const shell = new UserShell(place);
    await mkdir(join(workspace, 'automations/acme'), { recursive: true });
    await writeFile(join(workspace, 'waybill.json'), '{ "waybill": "0.1.0" }');
    await writeFile(join(shell.home, 'credential.json'), '{"api_key":"sk-ant-the-first-key-of-acme"}');
    await writeFile(join(shell.home, 'new-key.txt'), 'sk-ant-the-second-key-of-acme\n');

    const guide = await readFile(join(root, 'docs/guides/secrets.md'), 'utf8');
    const blocks = [...guide.matchAll(/```sh\n([^]*?)```/g)].map(([, commands = '']) => commands);
    const script = ['git init -q', ...blocks].map((block, index) => `echo "== ${index}"\n${block}`).join('\n');
    const { code, out, err } = await shell.run(script, workspace);
    assert.equal(code, 0, err);
    const said = out.split(/== \d+\n/).slice(2);
    const [, , , read = '', diff = '', , who = '', revoked = '', checked = ''] = said;
    assert.match(read, /acme\/anthropic +api_key +api\.anthropic\.com +2 keys/);
    assert.match(read, /\nsk-ant-the-first-key-of-acme\n/);
    assert.match(read, /anthropic\.json \| [46] \+{2,3}-{2,3}/);
    assert.match(
      diff,
      /-field api_key: encrypted[^]*\+field api_key: encrypted[^]* may be sent to api\.anthropic\.com/,
    );
    assert.match(who, /age1pq1\S+\n {2}reads acme\/anthropic[^]*waybill secrets rotate acme[^]*settings\/keys/);
    assert.match(revoked, /age1pq1\S+ was removed[^]*new data key, for 1 key\b[^]*could once read acme\/anthropic/);
    assert.match(checked, /no findings\n1 secrets file: no findings/);
    assert.doesNotMatch(out.replace(read, ''), /key-of-acme/);
  } finally {
    await rm(place, { recursive: true });
  }
});
