import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** Texts of packages that carry none, by name and version: a new version must be looked at again. */
const KEPT_HERE = join(import.meta.dirname, 'licenses');

/**
 * The licence texts of all packages that got into the bundles, by esbuild's account of them. Throws where a package has no
 * text: what may not be passed on without its licence must not be passed on.
 *
 * What ajv wrote into src/generated/validators.js is of ajv and its helpers, which are in the bundles themselves.
 */
export function thirdPartyLicenses(bundles: readonly Metafile[], root: string): string {
  const folders = bundles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([file]) => packageFolder(file) ?? []);
  return [...new Set(folders)]
    .toSorted()
    .map((folder) => section(join(root, folder)))
    .join('\n');
}

/** `node_modules/a/node_modules/@b/c` of `node_modules/a/node_modules/@b/c/lib/d.js`. */
function packageFolder(file: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

function section(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const kept = join(KEPT_HERE, `${name.replace('/', '+')}@${version}.txt`);
  const own = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)\b/i.test(file))
    .toSorted()
    .map((file) => join(folder, file));
  const files = own.length === 0 && existsSync(kept) ? [kept] : own;
  if (files.length === 0) throw new Error(`${name} ${version} has no licence text; look for it and put it in ${kept}`);
  const texts = files.map((file) => readFileSync(file, 'utf8').trim());
  return `${'='.repeat(80)}\n${name} ${version} (${license ?? 'see below'})\n${'='.repeat(80)}\n\n${texts.join('\n\n')}\n`;
}
