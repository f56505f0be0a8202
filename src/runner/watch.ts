import { readdirSync, statSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';

/** Milliseconds of quiet after which a save counts as done: editors write a file in several goes. */
const QUIET_MS = 100;

/** What a workspace is made of, in its root. */
const PARTS = /^(waybill\.json|automations|connectors|secrets|tables)$/;

/** Calls `changed` after each save in the workspace, one call at a time; what it throws is told. Gives what ends it. */
export function watchWorkspace(folder: string, changed: () => Promise<void>): () => void {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();
  const saved = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // Before the files are read: what is saved in a new folder from now on is not missed.
      followFolders(folder, watchers, saved);
      last = last.then(changed).catch((error: unknown) => tell(folder, error));
    }, QUIET_MS);
  };
  followFolders(folder, watchers, saved);
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
  };
}

/**
 * Watches each folder that is not watched yet, and no longer those that are gone. Folders and not files: Node's own way to
 * watch a tree loses a file that is replaced by another, as git and most editors do it.
 */
function followFolders(root: string, watchers: Map<string, FSWatcher>, saved: () => void): void {
  const there = new Map(foldersOf(root).map((path) => [`${path}:${inodeOf(path)}`, path]));
  for (const [name, watcher] of watchers) {
    if (there.has(name)) continue;
    watcher.close();
    watchers.delete(name);
  }
  for (const [name, path] of there) {
    if (watchers.has(name)) continue;
    try {
      const watcher = watch(path, (_event, file) => {
        if (path !== root || file === null || PARTS.test(file)) saved();
      });
      watcher.on('error', (error) => tell(path, error));
      watchers.set(name, watcher);
    } catch (error) {
      tell(path, error);
    }
  }
}

function foldersOf(root: string): string[] {
  const parts = subfolders(root).filter((name) => PARTS.test(name));
  return [root, ...parts.flatMap((name) => withSubfolders(join(root, name)))];
}

function withSubfolders(path: string): string[] {
  return [path, ...subfolders(path).flatMap((name) => withSubfolders(join(path, name)))];
}

/** None of a folder that went away meanwhile. */
function subfolders(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
}

/** Tells a folder from another one that takes its place; 0 where it is gone. */
function inodeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? 0;
}

/** The next save is followed again. */
function tell(folder: string, error: unknown): void {
  console.error(`saves in ${folder} cannot be followed: ${error instanceof Error ? error.message : String(error)}`);
}
