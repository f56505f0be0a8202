import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { plainCredentialFinder } from '../compiler/checks/plain-credential.ts';
import { builtinCatalog } from '../connectors/builtin.ts';
import { extendCatalog, type Catalog } from '../connectors/catalog.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { loadWorkspace } from '../workspace/load-workspace.ts';
import { MAX_FILE_SIZE, ROOT_FILES, ROOTS, WHOLE_FILE } from '../workspace/source-tree.ts';
import type { Workspace } from '../workspace/workspace.ts';

/**
 * Texts that lie beside the files of a workspace, by path: in its folder, not in those below, and in the folders that
 * belong to it. Symbolic links, large files and what is no text are left out.
 */
async function readOtherFiles(folder: string): Promise<Map<string, string>> {
  const lists = [list(folder, '', false), ...ROOTS.map((root) => list(folder, root, true))];
  const texts = new Map<string, string>();
  for (const path of (await Promise.all(lists)).flat()) {
    if (isPart(path)) continue;
    const bytes = await readSmall(join(folder, path));
    if (bytes !== undefined && !bytes.includes(0)) texts.set(path, bytes.toString('utf8'));
  }
  return texts;
}

/** What is wrong with the files that lie beside those of a workspace, which are given by path. */
export async function findInOtherFiles(folder: string, files: ReadonlyMap<string, string>): Promise<Diagnostic[]> {
  const others = await readOtherFiles(folder);
  const common = [...files].filter(([path]) => ROOT_FILES.includes(path) || path.startsWith('connectors/'));
  const { workspace } = loadWorkspace({ files: new Map(common), diagnostics: [] });
  const own = new Map([...workspace.connectors].map(([name, source]) => [name, source.value]));
  const found = checkOtherFiles(others, { workspace, catalog: extendCatalog(builtinCatalog(), own) });
  const ignored =
    found.length === 0 ? new Set() : await ignoredByGit(folder, [...new Set(found.map(({ file }) => file))]);
  return found.filter(({ file }) => !ignored.has(file));
}

/** Credentials in files that the compiler does not read, and whatever in secrets/ is no secrets file. */
export function checkOtherFiles(
  files: ReadonlyMap<string, string>,
  { workspace, catalog }: { workspace: Workspace; catalog: Catalog },
): Diagnostic[] {
  const find = plainCredentialFinder(workspace, catalog);
  return [...files].flatMap(([file, text]) => {
    if (isPart(file)) return [];
    return file.startsWith('secrets/') ? [...find(file, text), strayFile(file)] : find(file, text);
  });
}

/** Whether the compiler reads the file. */
function isPart(path: string): boolean {
  return ROOT_FILES.includes(path) || (path.endsWith('.json') && ROOTS.some((root) => path.startsWith(`${root}/`)));
}

/** Of these files those that will never be in a commit; none where there is no git or no repository. */
async function ignoredByGit(folder: string, paths: readonly string[]): Promise<Set<string>> {
  const args = ['-C', folder, '-c', 'core.quotePath=false', 'check-ignore', '--', ...paths];
  const ignored = promisify(execFile)('git', args);
  const { stdout } = await ignored.catch(() => ({ stdout: '' }));
  return new Set(stdout.split('\n'));
}

function strayFile(file: string): Diagnostic {
  return {
    code: 'WB5005',
    severity: 'error',
    message: 'only secrets files, <account>/<connection>.json, belong in secrets/',
    file,
    pointer: '',
    range: WHOLE_FILE,
    help: 'put it elsewhere',
    hidden: true,
  };
}

async function list(folder: string, path: string, deep: boolean): Promise<string[]> {
  const entries = await readdir(join(folder, path), { withFileTypes: true }).catch(() => []);
  const inner = entries.map(async (entry): Promise<string[]> => {
    const place = path === '' ? entry.name : `${path}/${entry.name}`;
    if (entry.isFile()) return [place];
    return deep && entry.isDirectory() ? list(folder, place, deep) : [];
  });
  return (await Promise.all(inner)).flat();
}

async function readSmall(file: string): Promise<Buffer | undefined> {
  try {
    return (await stat(file)).size <= MAX_FILE_SIZE ? await readFile(file) : undefined;
  } catch {
    // What went away, or may not be read, is not shown to anyone either.
    return undefined;
  }
}
