import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT_FILES, ROOTS, type SourceTree } from './source-tree.ts';
import { TreeBuilder } from './tree-builder.ts';

/** Files that are read at a time: enough to keep the disk busy, few enough for every system's limit of open files. */
const AT_ONCE = 64;

/** Reads a workspace from a folder. Symbolic links are not followed: they could lead out of it. */
export async function readFolder(folder: string): Promise<SourceTree> {
  const builder = new TreeBuilder();
  const paths = [...ROOT_FILES];
  for (const root of ROOTS) paths.push(...(await list(folder, root, builder)));
  for (let index = 0; index < paths.length; index += AT_ONCE)
    await Promise.all(paths.slice(index, index + AT_ONCE).map((path) => read(folder, path, builder)));
  return builder.tree();
}

/** The JSON files below a folder of the workspace. */
async function list(folder: string, path: string, builder: TreeBuilder): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(join(folder, path), { withFileTypes: true });
  } catch (error) {
    if (!isMissing(error)) builder.refuseUnreadable(path, reasonOf(error));
    return [];
  }
  const inner = entries.map(async (entry): Promise<string[]> => {
    const place = `${path}/${entry.name}`;
    if (entry.isSymbolicLink()) builder.refuseLink(place);
    else if (entry.isDirectory()) return list(folder, place, builder);
    else if (entry.isFile() && entry.name.endsWith('.json')) return [place];
    return [];
  });
  return (await Promise.all(inner)).flat();
}

async function read(folder: string, path: string, builder: TreeBuilder): Promise<void> {
  const file = join(folder, path);
  try {
    const { size } = await stat(file);
    if (builder.admits(path, size)) builder.add(path, await readFile(file));
  } catch (error) {
    // What went away while the folder was read is not there.
    if (!isMissing(error)) builder.refuseUnreadable(path, reasonOf(error));
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
