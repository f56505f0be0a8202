import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { decryptSops as decryptIndependently } from 'sops-age';
import { readKeyring } from '../../src/secrets/keyring.ts';
import { root, waybill } from './waybill.ts';

const KEYS = ['--keys', join(root, 'demo/demo.agekey'), '--public-keys'];
const SECOND = 'sk-ant-the-second-key-0123456789';
const file = 'secrets/demo/anthropic.json';

async function inRepository(use: (folder: string, git: (...args: string[]) => Promise<string>) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-secrets-'));
  const git = async (...args: string[]): Promise<string> => {
    const as = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
    return (await promisify(execFile)('git', ['-C', folder, ...as, ...args])).stdout;
  };
  try {
    for (const part of ['waybill.json', 'automations', 'secrets'])
      await cp(join(root, part), join(folder, part), { recursive: true });
    await git('init', '-q');
    await git('add', '.');
    await git('commit', '-qm', 'first');
    await use(folder, git);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What editors left in memory. */
async function editFiles(): Promise<string[]> {
  const names: string[] = await readdir('/dev/shm').catch(() => []);
  return names.filter((name) => name.startsWith('waybill-edit'));
}

test('a field is set, edited and read; what must not be is refused and not shown', async () => {
  await inRepository(async (folder, git) => {
    const at = ['--workspace', folder];
    const set = await waybill(
      ['secrets', 'set', 'demo', 'anthropic', 'api_key', '--stdin', ...KEYS, ...at],
      `${SECOND}\n`,
    );
    assert.equal(set.code, 0, set.err);
    const changed = (await git('diff', '--numstat')).trim();
    assert.equal(changed, `3\t3\t${file}`);
    const [secretKey = ''] = await readKeyring(join(root, 'demo/demo.agekey'), { anyoneMayRead: true });
    assert.deepEqual(
      await decryptIndependently(await readFile(join(folder, file), 'utf8'), { secretKey, fileType: 'json' }),
      { demo: { anthropic: { api_key: SECOND, hosts_unencrypted: ['https://api.anthropic.com/'] } } },
    );

    const before = await editFiles();
    process.env['EDITOR'] = `sed -i s/second/third/`;
    const edited = await waybill(['secrets', 'edit', 'demo', 'anthropic', ...KEYS, ...at]);
    delete process.env['EDITOR'];
    assert.equal(edited.code, 0, edited.err);
    assert.deepEqual(await editFiles(), before);

    process.env['TEST_KEYS'] = secretKey;
    const got = await waybill(['secrets', 'get', 'demo', 'anthropic', 'api_key', '--keys-env', 'TEST_KEYS', ...at]);
    delete process.env['TEST_KEYS'];
    assert.deepEqual(got, { code: 0, out: `${SECOND.replace('second', 'third')}\n`, err: '' });

    for (const [args, input, code] of [
      [['set', 'demo', 'anthropic', 'api_key', '--stdin'], 'a-wrong-value', 2],
      [['set', 'demo', 'anthropic', 'model', '--stdin'], SECOND, 2],
      [['unset', 'demo', 'anthropic', 'api_key'], '', 2],
      [['get', 'demo', 'nothing', 'api_key'], '', 2],
    ] as const) {
      const refused = await waybill(['secrets', ...args, ...KEYS, ...at], input);
      assert.equal(refused.code, code, args.join(' '));
      assert.doesNotMatch(refused.out + refused.err, /a-wrong-value|sk-ant-the/);
    }
  });
});

test('a private key of several lines is pasted on the terminal, and nothing of it is shown', async () => {
  await inRepository(async (folder) => {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    const fields = {
      user: { title: 'User' },
      private_key: { title: 'Private key', secret: true, lines: true },
      token: { title: 'Token', secret: true },
    };
    const connection = { fields, hosts: ['signs.example'], auth: { type: 'bearer', token: '${{ connection.token }}' } };
    const connector = {
      name: 'signs',
      title: 'Signs',
      version: '1.0.0',
      description: 'Signs.',
      connection,
      actions: {},
    };
    await mkdir(join(folder, 'connectors/signs'), { recursive: true });
    await writeFile(join(folder, 'connectors/signs/connector.json'), JSON.stringify(connector));
    const command = [
      process.execPath,
      join(root, 'src/cli/main.ts'),
      'connect',
      'demo',
      'signs',
      '--workspace',
      folder,
    ];
    const terminal = spawn('script', ['-qec', command.join(' '), '/dev/null']);
    let shown = '';
    terminal.stdout.on('data', (chunk) => {
      // All at once, as who pastes too much does.
      if (!shown.includes('User') && String(chunk).includes('User')) terminal.stdin.write(`ada\n${pem}\n${SECOND}\n`);
      shown += String(chunk);
    });
    const [code] = (await once(terminal, 'close')) as [number];
    assert.equal(code, 0, shown);
    assert.match(shown, /Private key \(several lines; an empty one ends it\)/);
    for (const line of [...pem.trim().split('\n'), SECOND]) assert.ok(!shown.includes(line), shown);
    for (const [field, value] of [
      ['private_key', pem.trim()],
      ['token', SECOND],
    ] as const) {
      const got = await waybill(['secrets', 'get', 'demo', 'signs', field, ...KEYS, '--workspace', folder]);
      assert.equal(got.out.trim(), value, got.err);
    }
  });
});

test('a merge that fits neither side, and hosts that were changed, are refused with their reason', async () => {
  await inRepository(async (folder) => {
    const text = await readFile(join(folder, file), 'utf8');
    await writeFile(join(folder, file), text.replace('api.anthropic.com', 'api.anthropic.example'));
    const merged = await waybill(['secrets', 'get', 'demo', 'anthropic', 'api_key', ...KEYS, '--workspace', folder]);
    assert.equal(merged.code, 1);
    assert.match(merged.err, /the MAC does not fit[^]*cannot be merged line by line/);
    const check = await waybill(['check', '--workspace', folder]);
    assert.match(check.out, /WB5020[^]*api\.anthropic\.com/);
  });
});

test('what is staged is checked, in whatever file, and no finding shows what it found', async () => {
  await inRepository(async (folder, git) => {
    const at = ['--workspace', folder];
    // Put together here, so that no scanner takes this file for a leak.
    const token = `ghp_${'a1B2'.repeat(9)}`;
    await mkdir(join(folder, 'notes'));
    await writeFile(join(folder, 'notes/deploy.md'), `Use ${token}.\n`);
    assert.equal((await waybill(['secrets', 'check', '--staged', ...at])).code, 0);
    await git('add', '.');
    const staged = await waybill(['secrets', 'check', '--staged', ...at]);
    assert.equal(staged.code, 1);
    assert.match(staged.out, /WB5021[^]*a token of GitHub[^]*notes\/deploy\.md:1:5/);
    assert.ok(!staged.out.includes(token));
    const [, fingerprint = ''] = /"not_secret": \{ "([0-9a-f]{16})"/.exec(staged.out) ?? [];
    await writeFile(
      join(folder, 'waybill.json'),
      JSON.stringify({ waybill: '0.1.0', not_secret: { [fingerprint]: 'made up' } }),
    );
    await git('add', '.');
    assert.equal((await waybill(['secrets', 'check', '--staged', ...at])).code, 0);

    await writeFile(join(folder, 'secrets/demo/plain.txt'), SECOND);
    await writeFile(join(folder, '.env'), `KEY=${SECOND}\n`);
    await writeFile(join(folder, 'ignored.txt'), SECOND);
    await writeFile(join(folder, '.gitignore'), 'ignored.txt\n');
    const { code, out } = await waybill(['check', ...at]);
    assert.equal(code, 1);
    assert.match(out, /WB5021[^]*\.env:1:5[^]*WB5005[^]*secrets\/demo\/plain\.txt/);
    assert.doesNotMatch(out, /sk-ant-the|ignored\.txt/);
  });
});

test('a file that was copied to another account is found without a key', async () => {
  await inRepository(async (folder) => {
    await cp(join(folder, 'automations/demo'), join(folder, 'automations/other'), { recursive: true });
    await mkdir(join(folder, 'secrets/other'));
    const text = await readFile(join(folder, file), 'utf8');
    await writeFile(join(folder, 'secrets/other/anthropic.json'), text.replace('"demo"', '"other"'));
    const { code, out } = await waybill(['check', '--workspace', folder]);
    assert.equal(code, 1);
    assert.match(out, /WB5022[^]*copied from secrets\/demo\/anthropic\.json/);
  });
});

test('a credential that accounts share is listed, read, changed and made anew as those of accounts are', async () => {
  await inRepository(async (folder) => {
    const at = ['--workspace', folder];
    const config = JSON.parse(await readFile(join(folder, 'waybill.json'), 'utf8')) as { shared?: object };
    const [identity = ''] = await readKeyring(join(root, 'demo/demo.agekey'), { anyoneMayRead: true });
    const recipient = await identityToRecipient(identity);
    const second = await identityToRecipient(await generateX25519Identity());
    const share = (recipients: string[]): Promise<void> => {
      const shared = { team: { connector: 'anthropic', accounts: ['demo'], recipients } };
      return writeFile(join(folder, 'waybill.json'), JSON.stringify({ ...config, shared }));
    };
    const run = async (...args: string[]): Promise<string> => {
      const { code, out, err } = await waybill([...args, ...at]);
      assert.equal(code, 0, out + err);
      return out;
    };
    await share([recipient]);
    const made = await waybill(['connect', 'shared', 'team', '--stdin', ...at], JSON.stringify({ api_key: SECOND }));
    assert.equal(made.code, 0, made.err);
    assert.match(await run('secrets', 'list'), /^shared\/team +api_key +api\.anthropic\.com +1 key /m);
    assert.match(await run('secrets', 'list', 'shared'), /^CONNECTION.*\nshared\/team.*\n$/);
    assert.equal((await run('secrets', 'get', 'shared', 'team', 'api_key', ...KEYS)).trim(), SECOND);
    const third = SECOND.replace('second', 'third');
    const set = await waybill(['secrets', 'set', 'shared', 'team', 'api_key', '--stdin', ...KEYS, ...at], third);
    assert.equal(set.code, 0, set.err);
    process.env['EDITOR'] = `sed -i s/third/fourth/`;
    await run('secrets', 'edit', 'shared', 'team', ...KEYS);
    delete process.env['EDITOR'];
    const fourth = SECOND.replace('second', 'fourth');
    assert.equal((await run('secrets', 'get', 'shared', 'team', 'api_key', ...KEYS)).trim(), fourth);
    const unset = await waybill(['secrets', 'unset', 'shared', 'team', 'api_key', ...KEYS, ...at]);
    assert.match(unset.err, /needs api_key/);
    const nothing = await waybill(['secrets', 'get', 'shared', 'other', 'api_key', ...KEYS, ...at]);
    assert.match(nothing.err, /no shared credential other[^]*shared credentials: team/);

    await share([recipient, second]);
    assert.match((await waybill(['check', ...at])).out, /WB5006[^]*shared\.team/);
    await run('secrets', 'updatekeys', 'shared', ...KEYS);
    const rules = await readFile(join(folder, '.sops.yaml'), 'utf8');
    assert.match(rules, new RegExp(`secrets/shared/team.*\\n.*\\n +age: ${recipient},${second}\\n`));
    await run('secrets', 'check');
    assert.match(await run('secrets', 'who', 'shared'), /reads shared\/team[^]*reads shared\/team/);
    await share([recipient]);
    assert.match((await waybill(['check', ...at])).out, /WB5023[^]*shared credential team/);
    assert.match(await run('secrets', 'who', '--key', second), /"shared" of waybill\.json\n.*updatekeys shared\n/);
    const removed = await run('secrets', 'updatekeys', 'shared', ...KEYS);
    assert.match(removed, /secrets\/shared\/team\.json: 1 key can read it[^]* was removed/);
    assert.match(await run('secrets', 'rotate', 'shared', 'team', ...KEYS), /team\.json: new data key, for 1 key/);
    assert.equal((await run('secrets', 'get', 'shared', 'team', 'api_key', ...KEYS)).trim(), fourth);
    await run('check');
  });
});

test('rules of others in .sops.yaml are not overwritten', async () => {
  await inRepository(async (folder) => {
    await writeFile(join(folder, '.sops.yaml'), 'creation_rules:\n  - age: age1x\n');
    const refused = await waybill(['secrets', 'updatekeys', ...KEYS, '--workspace', folder]);
    assert.equal(refused.code, 2);
    assert.equal(await readFile(join(folder, '.sops.yaml'), 'utf8'), 'creation_rules:\n  - age: age1x\n');
    await rm(join(folder, '.sops.yaml'));
    assert.equal((await waybill(['secrets', 'updatekeys', ...KEYS, '--workspace', folder])).code, 0);
    assert.equal((await waybill(['check', '--workspace', folder])).code, 0);
    assert.match(
      await readFile(join(folder, '.sops.yaml'), 'utf8'),
      /path_regex: '\^secrets\/demo\/\[\^\/\]\+\\\.json\$'/,
    );
  });
});
