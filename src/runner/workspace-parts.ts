import { createHash } from 'node:crypto';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { isJsonObject } from '../json/value.ts';
import { parseDocument } from '../workspace/json-document.ts';
import type { SourceTree } from '../workspace/source-tree.ts';
import { SHARED, sharedAutomationIn } from '../workspace/workspace.ts';

/** The part that holds waybill.json, the workspace's connectors, the shared automations and the tables of all accounts. */
export const COMMON = '';

/** Some files of a workspace, and what could not be read of them. */
export interface Part {
  files: Map<string, string>;
  diagnostics: Diagnostic[];
}

/**
 * A workspace in parts: each account by itself, and what they have in common. Nothing that is found of one account depends on
 * the files of another.
 */
export function partsOf({ files, diagnostics }: SourceTree): Map<string, Part> {
  const parts = new Map([[COMMON, emptyPart()]]);
  const at = (file: string): Part => {
    const part = partOf(file);
    const known = parts.get(part) ?? emptyPart();
    parts.set(part, known);
    return known;
  };
  for (const [file, text] of files) at(file).files.set(file, text);
  for (const diagnostic of diagnostics) at(diagnostic.file).diagnostics.push(diagnostic);
  return parts;
}

export function emptyPart(): Part {
  return { files: new Map(), diagnostics: [] };
}

/** The account whose file or folder it is, or the common part. A folder is named where it is a link or a submodule. */
export function partOf(file: string): string {
  const [, within, itself] = /^(?:automations|secrets|tables)\/(?:([^/]+)\/|([a-z][a-z0-9_-]*)$)/.exec(file) ?? [];
  const account = within ?? itself;
  return account === undefined || account === SHARED ? COMMON : account;
}

/** Names each part by all that it depends on: of equal names the findings and the plans are equal. `fingerprint` names the program. */
export class PartKeys {
  private readonly fingerprint: string;
  /** Of waybill.json, the connectors and the tables of all accounts. */
  private readonly base: string;
  /** Texts of the shared automations by name. */
  private readonly shared = new Map<string, string>();

  constructor(common: Part, fingerprint: string) {
    const files = new Map<string, string>();
    for (const [file, text] of common.files) {
      const name = sharedAutomationIn(file);
      if (name === undefined) files.set(file, text);
      else this.shared.set(name, text);
    }
    this.fingerprint = fingerprint;
    this.base = keyOf({ files, diagnostics: [] }, fingerprint);
  }

  of(part: string, own: Part): string {
    return part === COMMON ? keyOf(own, this.fingerprint) : this.ofAccount(part, own);
  }

  /** By its files, the shared automations that it installs, and the base of all. */
  private ofAccount(account: string, own: Part): string {
    const file = `automations/${account}/account.json`;
    const installed = installedIn(file, own.files.get(file) ?? '');
    const used = [...this.shared].filter(([name]) => installed.has(name));
    // A name that is not there is told with those that are.
    const names = used.length < installed.size ? [...this.shared.keys()] : [];
    return keyOf(own, keyOf({ files: new Map(used), diagnostics: [] }, `${this.base} ${JSON.stringify(names)}`));
  }
}

function installedIn(file: string, text: string): Set<string> {
  const account = parseDocument(file, text).document?.value;
  const install = isJsonObject(account) ? account['install'] : undefined;
  return new Set(isJsonObject(install) ? Object.keys(install) : []);
}

function keyOf({ files, diagnostics }: SourceTree, before: string): string {
  const hash = createHash('sha256').update(before);
  // Lengths keep two texts from being read as one.
  for (const [file, text] of files) hash.update(`\n${file.length} ${text.length} ${file}\n`).update(text);
  return hash.update(JSON.stringify(diagnostics)).digest('hex');
}
