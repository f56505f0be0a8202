import type { WorkspaceWriter } from '../connecting/workspace-writer.ts';
import type { SourceTree } from '../../workspace/source-tree.ts';

/** Where the revisions of a workspace come from: a branch of a repository, or a folder. Its methods throw `Stall`. */
export interface DeploySource {
  /** As it is shown to people; holds nothing secret. */
  readonly name: string;
  /** Where changes go that people make on the runner's pages. */
  readonly writer: WorkspaceWriter;
  /** Asks for the newest revision. `known` is the newest one of the time before. */
  newest(known: string | undefined): Promise<NewestRevision>;
  /** The full name of a revision that people name in short. */
  resolve(name: string): Promise<string>;
  /** Who signed the revision; `undefined` where no signature is asked for. */
  verify(revision: string): Promise<string | undefined>;
  read(revision: string): Promise<SourceTree>;
  /** Ends what is under way. */
  stop(): void;
}

export interface NewestRevision {
  revision: string;
  /** How many commits of the known one are not in the history of the new one: more than 0 after a forced push. */
  lost: number;
}
