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
export const ROOTS = ['automations', 'connectors', 'secrets'];

/** Bytes. Larger files are findings. */
export const MAX_FILE_SIZE = 1024 * 1024;

/** The place of a finding about a whole file. */
export const WHOLE_FILE = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
