import { join } from 'node:path';
import { readFolder } from '../../workspace/read-folder.ts';
import type { SourceTree } from '../../workspace/source-tree.ts';
import { replaceFile } from '../replace-file.ts';
import type { ProposedChange, WorkspaceWriter, Written } from './workspace-writer.ts';

/** Writes into the folder of a working tree. Committing is left to the person. */
export class FolderWriter implements WorkspaceWriter {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  read(): Promise<SourceTree> {
    return Promise.resolve(readFolder(this.folder));
  }

  async write({ make }: ProposedChange): Promise<Written> {
    const files = make(readFolder(this.folder));
    for (const [path, text] of files) await replaceFile(join(this.folder, path), text);
    return { kind: 'files', paths: [...files.keys()] };
  }
}
