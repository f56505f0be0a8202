import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { WorkspaceCredentials } from '../../src/runner/credentials.ts';
import { sealConnection } from '../../src/secrets/connection-file.ts';
import { keyringFile, keyringFolder, keysCommand } from '../../src/secrets/identity-source.ts';
import { SecretError } from '../../src/secrets/secret-error.ts';

const [acme, globex] = [await generateX25519Identity(), await generateX25519Identity()];
let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waybill-identities-'));
  await writeFile(join(folder, 'acme.txt'), `# acme\n${acme}\n`, { mode: 0o400 });
  await writeFile(join(folder, 'globex.txt'), globex, { mode: 0o600 });
});
after(() => rm(folder, { recursive: true }));

const refused = (error: unknown): boolean =>
  error instanceof SecretError && error.code === 'bad_identity_file' && !error.message.includes(acme.slice(20));

test('a folder has a file of keys for each account, for its owner alone', async () => {
  const source = keyringFolder(folder);
  assert.deepEqual(await source('acme'), [acme]);
  assert.deepEqual(await source('globex'), [globex]);
  await assert.rejects(source('initech'), refused);
  await chmod(join(folder, 'acme.txt'), 0o440);
  await assert.rejects(source('acme'), refused);
  await chmod(join(folder, 'acme.txt'), 0o400);
});

test('a command prints the keys of the account that it is asked for', async () => {
  const source = keysCommand(`cat '${folder}'/$WAYBILL_ACCOUNT.txt 2>&-`);
  assert.deepEqual(await source('acme'), [acme]);
  assert.deepEqual(await source('globex'), [globex]);
  await assert.rejects(source('initech'), refused);
  await assert.rejects(keysCommand(`echo ${acme.slice(20)}`)('acme'), refused);
  await assert.rejects(keysCommand(`echo ${acme}; exit 3`)('acme'), /exit code 3/);
});

test('the runner asks for the keys of one account at each opening, and again after a refusal', async () => {
  const secret = await sealConnection({
    account: 'acme',
    connection: 'mail',
    fields: { password: 'swordfish' },
    hosts: ['mail.example.com'],
    recipients: [await identityToRecipient(acme)],
    now: new Date(),
  });
  const asked: string[] = [];
  let missing = true;
  const credentials = new WorkspaceCredentials(async (account) => {
    asked.push(account);
    return missing ? keyringFile(join(folder, 'none.txt'), { anyoneMayRead: false })(account) : [acme];
  });
  credentials.use(new Map([['secrets/acme/mail.json', secret]]));
  await assert.rejects(credentials.credential('acme', 'mail'), refused);
  missing = false;
  assert.equal((await credentials.credential('acme', 'mail')).fields['password'], 'swordfish');
  assert.equal((await credentials.credential('acme', 'mail')).fields['password'], 'swordfish');
  assert.deepEqual(asked, ['acme', 'acme']);
  credentials.use(new Map());
  await assert.rejects(credentials.credential('acme', 'mail'), /there is no/);
});
