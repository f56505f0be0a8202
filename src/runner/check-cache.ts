import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
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
 * `fingerprint` names the code that checks.
 */
export function checkInParts(
  tree: SourceTree,
  fingerprint: string,
  cache: CheckCache,
): { summary: CheckSummary; cache: CheckCache } {
  const parts = partsOf(tree);
  const commonTree = parts.get(COMMON) ?? emptyTree();
  const shared = new Map<string, string>();
  const base = new Map<string, string>();
  for (const [file, text] of commonTree.files) {
    const name = sharedAutomationIn(file);
    if (name === undefined) base.set(file, text);
    else shared.set(name, text);
  }
  const baseKey = keyOf({ files: base, diagnostics: [] }, fingerprint);
  let common: CommonPart | undefined;
  const next = new Map<string, Entry>();
  for (const [part, own] of parts) {
    const key = part === COMMON ? keyOf(own, fingerprint) : accountKey(part, own, shared, baseKey);
    const known = cache.get(part);
    if (known?.key === key) next.set(part, known);
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
export async function checkWithCache(tree: SourceTree, fingerprint: string, file: string): Promise<CheckSummary> {
  const { summary, cache } = checkInParts(tree, fingerprint, await readCache(file));
  const temporary = `${file}.${process.pid}.tmp`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    .then(() => writeFile(temporary, JSON.stringify([...cache])))
    .then(() => rename(temporary, file))
    .catch(() => undefined);
  return summary;
}

function checkPart(part: string, own: Part, common: CommonPart): CheckSummary {
  const { diagnostics, stats } = part === COMMON ? common.check() : common.checkAccounts(own);
  // What is wrong with the common part is told once, with that part.
  return { diagnostics: diagnostics.filter(({ file }) => partOf(file) === part), stats };
}

/** Names what is found of an account: by its files, the shared automations that it installs, and the base of all. */
function accountKey(account: string, own: Part, shared: ReadonlyMap<string, string>, baseKey: string): string {
  const file = `automations/${account}/account.json`;
  const installed = installedIn(file, own.files.get(file) ?? '');
  const used = [...shared].filter(([name]) => installed.has(name));
  // A name that is not there is told with those that are.
  const names = used.length < installed.size ? [...shared.keys()] : [];
  return keyOf(own, keyOf({ files: new Map(used), diagnostics: [] }, `${baseKey} ${JSON.stringify(names)}`));
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

async function readCache(file: string): Promise<CheckCache> {
  try {
    return new Map(JSON.parse(await readFile(file, 'utf8')) as [string, Entry][]);
  } catch {
    return new Map();
  }
}
