import { createHash } from 'node:crypto';
import { readFolder } from '../../workspace/read-folder.ts';
import type { SourceTree } from '../../workspace/source-tree.ts';
import { FolderWriter } from '../connecting/folder-writer.ts';
import type { WorkspaceWriter } from '../connecting/workspace-writer.ts';
import type { DeploySource, NewestRevision } from './deploy-source.ts';
import { Stall } from './stall.ts';

/** The working tree in a folder. Its revision is the digest of its files, as they were when it was asked for. */
export class FolderSource implements DeploySource {
  readonly name: string;
  readonly writer: WorkspaceWriter;
  private last: { revision: string; tree: SourceTree } | undefined;

  constructor(folder: string) {
    this.name = folder;
    this.writer = new FolderWriter(folder);
  }

  newest(): Promise<NewestRevision> {
    const tree = readFolder(this.name);
    const revision = digestOf(tree);
    this.last = { revision, tree };
    return Promise.resolve({ revision, lost: 0 });
  }

  resolve(): Promise<string> {
    return Promise.reject(new Stall('revision_unknown', `${this.name} is a folder: it has no earlier revisions`));
  }

  verify(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  read(revision: string): Promise<SourceTree> {
    if (this.last?.revision === revision) return Promise.resolve(this.last.tree);
    return Promise.reject(new Stall('not_read', `${this.name} is not as it was any more`));
  }

  stop(): void {
    // Nothing takes long.
  }
}

function digestOf({ files, diagnostics }: SourceTree): string {
  const hash = createHash('sha256');
  for (const [path, text] of files) hash.update(JSON.stringify([path, text]));
  return `sha256:${hash.update(JSON.stringify(diagnostics)).digest('hex')}`;
}
