import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentOf } from '../deploy/git-process.ts';

export interface CommitOfFiles {
  /** The commit that it is made on top of. */
  parent: string;
  /** Texts by their paths from the repository's root on. */
  files: ReadonlyMap<string, string>;
  message: string;
  /** Name and address of who made the change. */
  author: { name: string; email: string };
}

/**
 * Makes a commit with files added or replaced, in a repository that may be bare, and gives its name. There is no checkout
 * and no branch: the index is a temporary file, and nothing points at the commit yet. Throws where git does.
 */
export async function commitFiles(
  repository: string,
  { parent, files, message, author }: CommitOfFiles,
): Promise<string> {
  const index = join(repository, `index-${randomUUID()}`);
  const git = (args: string[], input = ''): Promise<string> =>
    run(args, input, {
      ...environmentOf(repository),
      GIT_INDEX_FILE: index,
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_COMMITTER_NAME: 'Waybill',
      GIT_COMMITTER_EMAIL: author.email,
    });
  try {
    await git(['read-tree', parent]);
    const entries: string[] = [];
    for (const [path, text] of files) {
      const object = await git(['hash-object', '-w', '--stdin'], text);
      entries.push(`100644 ${object}\t${path}\0`);
    }
    await git(['update-index', '-z', '--index-info'], entries.join(''));
    const tree = await git(['write-tree']);
    return await git(['commit-tree', tree, '-p', parent, '-F', '-'], message);
  } finally {
    await rm(index, { force: true });
  }
}

/** What git says, without the end of its line. */
async function run(args: string[], input: string, env: { [name: string]: string }): Promise<string> {
  const git = spawn('git', args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const [said, told]: [Buffer[], Buffer[]] = [[], []];
  git.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  git.stderr.on('data', (chunk: Buffer) => told.push(chunk));
  // A git that ended early says why on stderr.
  git.stdin.on('error', () => undefined);
  git.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    git.once('error', reject);
    git.once('close', resolve);
  });
  if (code !== 0) throw new Error(Buffer.concat(told).toString().trim() || `git ${args[0]} ended with ${code}`);
  return Buffer.concat(said).toString().trimEnd();
}
