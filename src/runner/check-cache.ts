import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { reusedSealsAcrossAccounts } from '../compiler/checks/reused-seal.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { inOrder } from '../diagnostics/order.ts';
import { isJsonObject } from '../json/value.ts';
import { parseDocument } from '../workspace/json-document.ts';
import type { SourceTree } from '../workspace/source-tree.ts';
import { SHARED, sharedAutomationIn } from '../workspace/workspace.ts';
import { CommonPart, type CheckedWorkspace } from './check-workspace.ts';

/** What `check` shows. */
export interface CheckSummary {
  diagnostics: Diagnostic[];
  stats: CheckedWorkspace['stats'];
}

/** What was found of one part of a workspace, and of what it was found. */
interface Entry extends CheckSummary {
  key: string;
}

/** By part. An account may be called as it likes, so this is no plain object. */
export type CheckCache = ReadonlyMap<string, Entry>;

/** The part that holds waybill.json, the workspace's connectors and the shared automations. */
const COMMON = '';

/**
 * Checks a workspace, each account by itself: nothing that is found of one depends on the files of another, so what was
 * found before is still true where no file of the account, no shared automation that it installs, no connector and not
 * Waybill itself has changed. Only secrets that were copied from one account to another are looked for each time.
 * `fingerprint` names the code that checks; without it everything is checked.
 */
export function checkInParts(
  tree: SourceTree,
  fingerprint: string | undefined,
  cache: CheckCache,
): { summary: CheckSummary; cache: CheckCache } {
  const parts = partsOf(tree);
  const commonTree = parts.get(COMMON) ?? emptyTree();
  const keys = fingerprint === undefined ? undefined : new PartKeys(commonTree, fingerprint);
  let common: CommonPart | undefined;
  const next = new Map<string, Entry>();
  for (const [part, own] of parts) {
    const key = keys?.of(part, own) ?? '';
    const known = cache.get(part);
    if (keys !== undefined && known?.key === key) next.set(part, known);
    else {
      common ??= new CommonPart(commonTree);
      next.set(part, { key, ...checkPart(part, own, common) });
    }
  }
  const { diagnostics, stats } = sumOf([...next.values()]);
  const secrets = new Map([...tree.files].filter(([file]) => file.startsWith('secrets/')));
  const across = reusedSealsAcrossAccounts(secrets);
  return { summary: { diagnostics: inOrder([...diagnostics, ...across]), stats }, cache: next };
}

/** Checks with what an earlier check left in a file; a file that cannot be read or written only costs time. */
export function checkWithCache(tree: SourceTree, fingerprint: string, file: string): CheckSummary {
  const { summary, cache } = checkInParts(tree, fingerprint, readCache(file));
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, JSON.stringify([...cache]));
    renameSync(temporary, file);
  } catch {
    // The next check finds nothing there.
  }
  return summary;
}

function checkPart(part: string, own: Part, common: CommonPart): CheckSummary {
  const { diagnostics, stats } = part === COMMON ? common.check() : common.checkAccounts(own);
  // What is wrong with the common part is told once, with that part.
  return { diagnostics: diagnostics.filter(({ file }) => partOf(file) === part), stats };
}

/** Names what is found of each part by all that it depends on. */
class PartKeys {
  private readonly fingerprint: string;
  /** Of waybill.json and the connectors. */
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

interface Part {
  files: Map<string, string>;
  diagnostics: Diagnostic[];
}

function partsOf({ files, diagnostics }: SourceTree): Map<string, Part> {
  const parts = new Map([[COMMON, emptyTree()]]);
  const at = (file: string): Part => {
    const part = partOf(file);
    const known = parts.get(part) ?? emptyTree();
    parts.set(part, known);
    return known;
  };
  for (const [file, text] of files) at(file).files.set(file, text);
  for (const diagnostic of diagnostics) at(diagnostic.file).diagnostics.push(diagnostic);
  return parts;
}

function emptyTree(): Part {
  return { files: new Map(), diagnostics: [] };
}

function partOf(file: string): string {
  const account = /^(?:automations|secrets)\/([^/]+)\//.exec(file)?.[1];
  return account === undefined || account === SHARED ? COMMON : account;
}

function keyOf({ files, diagnostics }: SourceTree, before: string): string {
  const hash = createHash('sha256').update(before);
  // Lengths keep two texts from being read as one.
  for (const [file, text] of files) hash.update(`\n${file.length} ${text.length} ${file}\n`).update(text);
  return hash.update(JSON.stringify(diagnostics)).digest('hex');
}

function sumOf(entries: readonly CheckSummary[]): CheckSummary {
  const stats = { automations: 0, plans: 0, mappings: 0 };
  for (const { stats: own } of entries) {
    stats.automations += own.automations;
    stats.plans += own.plans;
    stats.mappings += own.mappings;
  }
  return { diagnostics: inOrder(entries.flatMap(({ diagnostics }) => diagnostics)), stats };
}

function readCache(file: string): CheckCache {
  try {
    return new Map(JSON.parse(readFileSync(file, 'utf8')) as [string, Entry][]);
  } catch {
    return new Map();
  }
}
