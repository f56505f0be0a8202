import { execFile, spawn } from 'node:child_process';
import { relative } from 'node:path/posix';
import { promisify } from 'node:util';
import { TreeBuilder } from './tree-builder.ts';
import { isSource, MAX_FILE_SIZE, ROOT_FILES, ROOTS, type SourceTree } from './source-tree.ts';

/** The commit that was asked for cannot be read; the message says why and what to do. */
export class CommitError extends Error {}

interface Entry {
  mode: string;
  object: string;
  size: number;
  path: string;
}

const run = promisify(execFile);
/** Bytes of a listing; a repository with more names is refused rather than read into memory. */
const MAX_LISTING = 256 * 1024 * 1024;

/**
 * Reads the workspace in a folder of a git repository as it was at a commit, from git's objects alone: nothing of the
 * working tree is looked at, and no symbolic link or submodule is followed. Throws `CommitError`.
 */
export async function readCommit(folder: string, ref: string): Promise<SourceTree> {
  return readListed(folder, await resolveCommit(folder, ref));
}

/** Reads the workspace as it would be committed: what is staged, and not what lies in the folder. Throws `CommitError`. */
export async function readIndex(folder: string): Promise<SourceTree> {
  try {
    const { stdout } = await run('git', ['-C', folder, 'write-tree']);
    return await readListed(folder, stdout.trim());
  } catch (error) {
    if (error instanceof CommitError) throw error;
    throw new CommitError(`git cannot say what is staged in ${folder}: is it a repository, and is a merge under way?`);
  }
}

/**
 * Texts that are staged anywhere in the repository and differ from the last commit, by their path from the folder on, which
 * begins with `../` where they lie beside it. Throws `CommitError`.
 */
export async function readStagedChanges(folder: string): Promise<Map<string, string>> {
  const args = ['diff', '--cached', '--raw', '--no-abbrev', '--no-renames', '--diff-filter=AM', '--no-relative', '-z'];
  const { stdout } = await run('git', ['-C', folder, ...args], { maxBuffer: MAX_LISTING });
  const changes = [...stdout.matchAll(/:\d+ (100\d+) [0-9a-f]+ ([0-9a-f]+) [AM]\0([^\0]+)\0/g)];
  const texts = new Map<string, string>();
  const prefix = (await run('git', ['-C', folder, 'rev-parse', '--show-prefix'])).stdout.trimEnd();
  const entries = changes.map(([, mode = '', object = '', path = '']) => {
    return { mode, object, size: 0, path: relative(prefix, path) };
  });
  await readObjects(folder, entries, (path, bytes) => {
    if (bytes.length <= MAX_FILE_SIZE && !bytes.includes(0)) texts.set(path, bytes.toString('utf8'));
  });
  return texts;
}

async function readListed(folder: string, tree: string): Promise<SourceTree> {
  const { stdout } = await run('git', ['-C', folder, 'rev-parse', '--show-prefix']);
  return readTree(folder, tree, stdout.trimEnd());
}

/**
 * Reads the workspace in a folder of a commit, from a repository that may be bare. The folder's path begins at the
 * repository's root; empty is the root. Throws `CommitError`.
 */
export async function readTree(repository: string, commit: string, path: string): Promise<SourceTree> {
  const builder = new TreeBuilder();
  const files: Entry[] = [];
  for (const entry of await listTree(repository, commit, path)) {
    if (entry.mode === '120000') builder.refuseLink(entry.path);
    else if (entry.mode === '160000') builder.refuseSubmodule(entry.path);
    else if (ROOTS.includes(entry.path)) builder.refuseFile(entry.path);
    else if ((isSource(entry.path) || ROOT_FILES.includes(entry.path)) && builder.admits(entry.path, entry.size))
      files.push(entry);
  }
  await readObjects(repository, files, (file, bytes) => builder.add(file, bytes));
  return builder.tree();
}

async function resolveCommit(folder: string, ref: string): Promise<string> {
  try {
    const { stdout } = await run('git', ['-C', folder, 'rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`]);
    return stdout.trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new CommitError('git is not installed');
    if ((await run('git', ['-C', folder, 'rev-parse', '--git-dir']).catch(() => undefined)) === undefined)
      throw new CommitError(`${folder} is not in a git repository`);
    const { stdout } = await run('git', ['-C', folder, 'rev-parse', '--is-shallow-repository']);
    const shallow =
      stdout.trim() === 'true' ? ': this clone is shallow, so fetch more of it (git fetch --unshallow)' : '';
    throw new CommitError(`there is no commit ${ref} here${shallow}`);
  }
}

/** The workspace's files below the path, by their paths from it. */
async function listTree(repository: string, commit: string, path: string): Promise<Entry[]> {
  const prefix = path === '' ? '' : `${path.replace(/^\/+|\/+$/g, '')}/`;
  const places = [...ROOT_FILES, ...ROOTS].map((place) => prefix + place);
  const args = ['-C', repository, 'ls-tree', '-r', '-z', '--long', '--full-tree', commit, '--', ...places];
  const { stdout } = await run('git', args, { encoding: 'buffer', maxBuffer: MAX_LISTING });
  return stdout
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      const match = /^(\d+) \w+ ([0-9a-f]+) +(-|\d+)\t([^]*)$/.exec(line);
      if (match === null) return [];
      const [, mode = '', object = '', size = '', file = ''] = match;
      return [{ mode, object, size: Number(size) || 0, path: file.slice(prefix.length) }];
    });
}

/** One process of git gives all objects, in the order in which they are asked for. */
async function readObjects(
  folder: string,
  files: readonly Entry[],
  take: (path: string, bytes: Buffer) => void,
): Promise<void> {
  const git = spawn('git', ['-C', folder, 'cat-file', '--batch'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    git.once('error', reject);
    git.once('close', resolve);
  });
  let told = '';
  git.stderr.on('data', (chunk) => (told += String(chunk)));
  git.stdin.on('error', () => undefined);
  git.stdin.end(files.map(({ object }) => `${object}\n`).join(''));
  let [next, rest] = [0, Buffer.alloc(0)];
  // Each file is taken as soon as it is there, so that whoever else is at work in this process comes between.
  for await (const chunk of git.stdout as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    let position = 0;
    for (let file = files[next]; file !== undefined; file = files[next]) {
      const object = objectAt(rest, position, file);
      if (object === undefined) break;
      take(file.path, object);
      position = object.byteOffset - rest.byteOffset + object.length + 1;
      next += 1;
    }
    rest = rest.subarray(position);
  }
  const code = await ended;
  const missing = files[next];
  if (missing !== undefined) throw unreadable(missing, told.trim() || `exit code ${code}`);
}

/** The object whose header begins there, as `cat-file --batch` writes it; `undefined` where it is not whole yet. */
function objectAt(output: Buffer, position: number, file: Entry): Buffer | undefined {
  const end = output.indexOf(0x0a, position);
  if (end === -1) return undefined;
  const [name, kind, size] = output.toString('utf8', position, end).split(' ');
  if (name !== file.object || kind !== 'blob') throw unreadable(file, `it is ${kind}`);
  const [start, length] = [end + 1, Number(size)];
  return start + length < output.length ? output.subarray(start, start + length) : undefined;
}

function unreadable({ path }: Entry, why: string): CommitError {
  return new CommitError(`git could not read ${path} (${why}): try git fsck`);
}
