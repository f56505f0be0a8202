import type { Diagnostic } from '../diagnostics/diagnostic.ts';

/** The files of a workspace, wherever they come from. */
export interface SourceTree {
  /** Text by path below the workspace, with `/`, in order of path. */
  files: ReadonlyMap<string, string>;
  /** What could not be read, and why. */
  diagnostics: Diagnostic[];
}

/** The files of a workspace beside those in folders: its configuration, and the rules for real sops. */
export const ROOT_FILES = ['waybill.json', '.sops.yaml'];

/** The only folders of a repository that belong to the workspace. */
export const ROOTS = ['automations', 'connectors', 'secrets', 'tables'];

/** Bytes. Larger files are findings. */
export const MAX_FILE_SIZE = 1024 * 1024;

/** Bytes of a table: its rows stand in the plan of each automation that reads them. */
export const MAX_TABLE_SIZE = 256 * 1024;

/** Whether the compiler reads the file: JSON, and tables as CSV. `path` is below one of the folders. */
export function isSource(path: string): boolean {
  return path.endsWith(isTable(path) ? '.csv' : '.json');
}

export function isTable(path: string): boolean {
  return path.startsWith('tables/');
}

/** The place of a finding about a whole file. */
export const WHOLE_FILE = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
