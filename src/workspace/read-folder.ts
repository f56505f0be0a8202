import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { isSource, MAX_FILE_SIZE, ROOT_FILES, ROOTS, type SourceTree } from './source-tree.ts';
import { TreeBuilder } from './tree-builder.ts';

/**
 * Reads a workspace from a folder. Symbolic links are not followed: they could lead out of it. Files are read one by one
 * without waiting in between: for files of this size that takes a third of the time, and what follows has to wait anyway.
 */
export function readFolder(folder: string): SourceTree {
  const builder = new TreeBuilder();
  const buffer = Buffer.allocUnsafe(MAX_FILE_SIZE);
  const paths = [...ROOT_FILES, ...ROOTS.flatMap((root) => listRoot(folder, root, builder))];
  for (const path of paths) read(folder, path, builder, buffer);
  return builder.tree();
}

function listRoot(folder: string, root: string, builder: TreeBuilder): string[] {
  const kind = lstatSync(join(folder, root), { throwIfNoEntry: false });
  if (kind?.isSymbolicLink() === true) builder.refuseLink(root);
  else if (kind?.isFile() === true) builder.refuseFile(root);
  else return list(folder, root, builder);
  return [];
}

/** The files below a folder of the workspace that the compiler reads. */
function list(folder: string, path: string, builder: TreeBuilder): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(join(folder, path), { withFileTypes: true });
  } catch (error) {
    if (!isMissing(error)) builder.refuseUnreadable(path, reasonOf(error));
    return [];
  }
  return entries.flatMap((entry): string[] => {
    const place = `${path}/${entry.name}`;
    if (entry.isSymbolicLink()) builder.refuseLink(place);
    else if (entry.isDirectory()) return list(folder, place, builder);
    else if (entry.isFile() && isSource(place)) return [place];
    return [];
  });
}

/** `buffer` holds the file's bytes for as long as they are decoded; it is as large as the largest file that is read. */
function read(folder: string, path: string, builder: TreeBuilder, buffer: Buffer): void {
  let file: number | undefined;
  try {
    file = openSync(join(folder, path), READ_NO_LINK);
    const { size } = fstatSync(file);
    if (builder.admits(path, size)) builder.add(path, buffer.subarray(0, readSync(file, buffer, 0, size, 0)));
  } catch (error) {
    if (isLink(error)) builder.refuseLink(path);
    // What went away while the folder was read is not there.
    else if (!isMissing(error)) builder.refuseUnreadable(path, reasonOf(error));
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Where the system can, a link that came in the meantime is not followed either. */
const READ_NO_LINK = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

function isLink(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ELOOP';
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
