import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Code } from '../diagnostics/registry.ts';
import { MAX_FILE_SIZE, WHOLE_FILE, type SourceTree } from './source-tree.ts';

/** The only places of a repository that belong to the workspace. */
const ROOTS = ['automations', 'connectors', 'secrets'];

/** Reads a workspace from a folder. Symbolic links are not followed: they could lead out of it. */
export async function readFolder(folder: string): Promise<SourceTree> {
  const reader = new FolderReader(folder);
  await reader.readFile('waybill.json');
  for (const root of ROOTS) await reader.readDirectory(root);
  return { files: reader.files, diagnostics: reader.diagnostics };
}

class FolderReader {
  readonly files = new Map<string, string>();
  readonly diagnostics: Diagnostic[] = [];
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async readDirectory(path: string): Promise<void> {
    const entries = await readdir(join(this.folder, path), { withFileTypes: true }).catch(() => []);
    for (const entry of entries.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
      const inner = `${path}/${entry.name}`;
      if (entry.isSymbolicLink())
        this.report('WB1006', inner, 'symbolic links are not followed', 'put the file itself in its place');
      else if (entry.isDirectory()) await this.readDirectory(inner);
      else if (entry.isFile() && entry.name.endsWith('.json')) await this.readFile(inner);
    }
  }

  async readFile(path: string): Promise<void> {
    const file = join(this.folder, path);
    const size = await stat(file).then(
      (found) => found.size,
      () => undefined,
    );
    if (size === undefined) return;
    if (size > MAX_FILE_SIZE) {
      this.report(
        'WB1005',
        path,
        `the file has ${size} bytes; the limit is ${MAX_FILE_SIZE}`,
        'split it, or keep large data elsewhere',
      );
      return;
    }
    try {
      this.files.set(path, new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file)));
    } catch (error) {
      const reason = error instanceof TypeError ? 'the file is not UTF-8 text' : 'the file cannot be read';
      this.report('WB1006', path, reason, 'save it as UTF-8, readable by this user');
    }
  }

  private report(code: Code, file: string, message: string, help: string): void {
    this.diagnostics.push({ code, severity: 'error', message, file, pointer: '', range: WHOLE_FILE, help });
  }
}
