import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { CommitError, readCommit } from '../../src/workspace/read-commit.ts';
import { readFolder } from '../../src/workspace/read-folder.ts';

function inRepository(use: (folder: string, git: (...args: string[]) => string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-git-'));
  const git = (...args: string[]): string =>
    execFileSync(
      'git',
      ['-C', folder, '-c', 'user.name=T', '-c', 'user.email=t@example.com', '-c', 'core.autocrlf=false', ...args],
      { encoding: 'utf8', stdio: 'pipe' },
    );
  git('init', '--quiet');
  return use(folder, git).finally(() => rmSync(folder, { recursive: true }));
}

function write(folder: string, path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

const name = fc.constantFrom(
  'a.json',
  'ü.json',
  'with space.json',
  '"quoted".json',
  'deep/x.json',
  'no.txt',
  '-dash.json',
);
const root = fc.constantFrom('automations/acme', 'connectors', 'secrets/acme', 'elsewhere');
const content = fc.oneof(
  fc.string().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:x\n')),
  fc.constant(Buffer.alloc(1024 * 1024 + 1, 'x')),
);

test('a commit is read as its folder was', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(root, name, content), { selector: ([one, other]) => `${one}/${other}` }),
      fc.constantFrom('', 'sub/folder/'),
      async (files, prefix) => {
        await inRepository(async (folder, git) => {
          write(folder, `${prefix}waybill.json`, '{}');
          for (const [one, other, bytes] of files) write(folder, `${prefix}${one}/${other}`, bytes);
          git('add', '--all');
          git('commit', '--quiet', '--message', 'x');
          const workspace = join(folder, prefix);
          const [committed, lying] = [await readCommit(workspace, 'HEAD'), readFolder(workspace)];
          assert.deepEqual([...committed.files], [...lying.files]);
          const sorted = ({ diagnostics }: typeof lying): string[] =>
            diagnostics.map((one) => JSON.stringify(one)).toSorted();
          assert.deepEqual(sorted(committed), sorted(lying));
        });
      },
    ),
    { numRuns: 30 },
  );
});

test('an earlier commit is read whatever lies in the folder now', async () => {
  await inRepository(async (folder, git) => {
    write(folder, 'waybill.json', '{"n":1}');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'one');
    write(folder, 'waybill.json', '{"n":2}');
    git('commit', '--quiet', '--all', '--message', 'two');
    write(folder, 'waybill.json', '{"n":3}');
    assert.equal((await readCommit(folder, 'HEAD~1')).files.get('waybill.json'), '{"n":1}');
    assert.equal((await readCommit(folder, 'HEAD')).files.get('waybill.json'), '{"n":2}');
  });
});

test('links and submodules are findings and never followed', async () => {
  await inRepository(async (folder, git) => {
    write(folder, 'waybill.json', '{}');
    mkdirSync(join(folder, 'automations'));
    symlinkSync('/etc/passwd', join(folder, 'automations/link.json'));
    git('add', '--all');
    git('commit', '--quiet', '--message', 'one');
    const head = git('rev-parse', 'HEAD').trim();
    git('update-index', '--add', '--cacheinfo', `160000,${head},secrets/acme`);
    git('commit', '--quiet', '--message', 'two');
    const { files, diagnostics } = await readCommit(folder, 'HEAD');
    assert.deepEqual([...files.keys()], ['waybill.json']);
    assert.deepEqual(
      diagnostics.map(({ code, file }) => `${code} ${file}`),
      ['WB1006 automations/link.json', 'WB1006 secrets/acme'],
    );
  });
});

test('what is no commit is said in words', async () => {
  await inRepository(async (folder, git) => {
    await assert.rejects(readCommit(folder, 'HEAD'), CommitError);
    write(folder, 'waybill.json', '{}');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'one');
    await assert.rejects(readCommit(folder, 'no-such-branch'), /there is no commit no-such-branch here/);
    await assert.rejects(readCommit(folder, '--upload-pack=x'), /there is no commit/);
  });
  const plain = mkdtempSync(join(tmpdir(), 'waybill-plain-'));
  await assert.rejects(readCommit(plain, 'HEAD'), /is not in a git repository/);
  rmSync(plain, { recursive: true });
});
