import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasOnlyOurRules, SOPS_CONFIG, sopsRules } from '../secrets/sops-rules.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { UsageError } from './exit.ts';
import { replaceFile } from '../runner/replace-file.ts';

/** Whether the workspace's .sops.yaml has rules that Waybill did not write. */
export async function hasForeignRules(folder: string): Promise<boolean> {
  const file = join(folder, SOPS_CONFIG);
  return existsSync(file) && !hasOnlyOurRules(await readFile(file, 'utf8'));
}

/** Throws `UsageError` where there are such rules. */
export async function requireOurRules(folder: string): Promise<void> {
  if (!(await hasForeignRules(folder))) return;
  throw new UsageError(
    `${SOPS_CONFIG} has rules that Waybill did not write`,
    'sops takes the first rule that fits, which may not be the one of the account: move the file away, or keep those rules outside of the workspace',
  );
}

/** Writes the rules of accounts and shared credentials for real sops. False where the file was in step already. */
export async function writeSopsRules(folder: string, { accounts, config }: Workspace): Promise<boolean> {
  const file = join(folder, SOPS_CONFIG);
  const shared = Object.entries(config?.value.shared ?? {});
  const rules = sopsRules(
    new Map([...accounts].map(([name, { value }]) => [name, value.recipients])),
    new Map(shared.map(([name, { recipients }]) => [name, recipients])),
  );
  if (existsSync(file) && (await readFile(file, 'utf8')) === rules) return false;
  await replaceFile(file, rules);
  return true;
}
