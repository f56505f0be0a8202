import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Code } from '../diagnostics/registry.ts';
import { isTable, MAX_FILE_SIZE, MAX_TABLE_SIZE, ROOT_FILES, WHOLE_FILE, type SourceTree } from './source-tree.ts';

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/** Collects the files of a workspace, from a folder or a commit, and what cannot be one of them. */
export class TreeBuilder {
  private readonly files = new Map<string, string>();
  private readonly diagnostics: Diagnostic[] = [];

  /** False for a file that is too large or has an odd name; it is reported. */
  admits(path: string, size: number): boolean {
    const names = ROOT_FILES.includes(path) ? [] : path.split('/');
    const odd = names.find((name) => !PLAIN_NAME.test(name));
    if (odd !== undefined) {
      const message = `the name ${JSON.stringify(odd)} is not made of plain letters, digits, \`-\`, \`_\` and \`.\``;
      this.report('WB1010', path, message, 'give it a plain name: names stand in addresses and in commands');
      return false;
    }
    const limit = isTable(path) ? MAX_TABLE_SIZE : MAX_FILE_SIZE;
    if (size <= limit) return true;
    const message = `the file has ${size} bytes; the limit is ${limit}`;
    const help = isTable(path)
      ? 'keep what is so large in a service, such as a spreadsheet or a database, or in the key-value storage'
      : 'split it, or keep large data elsewhere';
    this.report('WB1005', path, message, help);
    return false;
  }

  add(path: string, bytes: Uint8Array): void {
    let text: string;
    try {
      text = UTF_8.decode(bytes);
    } catch {
      this.report('WB1006', path, 'the file is not UTF-8 text', 'save it as UTF-8');
      return;
    }
    if (text.startsWith(LFS_POINTER)) {
      this.report('WB1006', path, 'the file is kept in git LFS', 'keep it in git itself: it is read from there');
      return;
    }
    this.files.set(path, text);
  }

  refuseLink(path: string): void {
    this.report('WB1006', path, 'symbolic links are not followed', 'put the file itself in its place');
  }

  refuseSubmodule(path: string): void {
    this.report('WB1006', path, 'submodules are not followed', 'put the files themselves in its place');
  }

  refuseFile(path: string): void {
    this.report('WB1006', path, 'it is a file where a folder belongs', 'make it a folder');
  }

  refuseUnreadable(path: string, reason: string): void {
    this.report('WB1006', path, `it cannot be read: ${reason}`, 'give this user the right to read it');
  }

  tree(): SourceTree {
    const files = new Map([...this.files].toSorted(([left], [right]) => (left < right ? -1 : 1)));
    return { files, diagnostics: this.diagnostics.toSorted((left, right) => (left.file < right.file ? -1 : 1)) };
  }

  private report(code: Code, file: string, message: string, help: string): void {
    this.diagnostics.push({ code, severity: 'error', message, file, pointer: '', range: WHOLE_FILE, help });
  }
}

const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/;

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const LFS_POINTER = 'version https://git-lfs.github.com/spec/';
