import type { SourceTree } from '../../workspace/source-tree.ts';

/** Where changes of a workspace go that were made on a page. */
export interface WorkspaceWriter {
  /** The workspace as it is now. Throws `Stall` or `ConnectError` where it cannot be read. */
  read(): Promise<SourceTree>;
  /**
   * Writes files, by their paths below the workspace, on top of what `make` was given. Throws `ConnectError` where that is
   * refused; nothing is changed then.
   */
  write(change: ProposedChange): Promise<Written>;
}

export interface ProposedChange {
  /** Begins the name of a branch, and is good in one: small letters, digits, `-`, `_` and `/`. */
  name: string;
  /** Says what it is for, in a line. */
  message: string;
  /** Who made it, as people write it. */
  author: string;
  /** Gives the files for the workspace as it is when they are written. */
  make: (tree: SourceTree) => ReadonlyMap<string, string>;
}

/** What became of it. */
export type Written =
  | { kind: 'files'; paths: string[] }
  /** `link` opens a pull request, where the repository's host is known. */
  | { kind: 'branch'; branch: string; base: string; commit: string; link: string | undefined; paths: string[] };
