import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { UsageError } from './exit.ts';

/** The path as findings name it; it may be given from here or from the workspace. */
export function pathWithin(folder: string, path: string): string {
  const existing = [resolve(path), join(folder, path)].filter((candidate) => existsSync(candidate));
  if (existing.length === 0) throw new UsageError(`there is no file or folder ${path}`);
  const within = existing
    .map((file) => relative(folder, file).replaceAll('\\', '/'))
    .find((file) => !file.startsWith('..'));
  if (within === undefined) throw new UsageError(`${path} is not in the workspace ${folder}`);
  return within;
}

/** Whether a file is one of these, or lies in one of these folders; without any, every file is. */
export function isWithin(file: string, paths: readonly string[]): boolean {
  return paths.length === 0 || paths.some((path) => file === path || file.startsWith(`${path}/`) || path === '');
}
