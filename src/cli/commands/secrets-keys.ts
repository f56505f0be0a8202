import { shortRecipient } from '../../secrets/recipient.ts';
import { rewrapSops, rotateSops } from '../../secrets/sops-edit.ts';
import { SOPS_CONFIG } from '../../secrets/sops-rules.ts';
import { count } from '../count.ts';
import { EXIT } from '../exit.ts';
import type { KeyOptions } from '../options.ts';
import { credentialsToChange } from '../credentials-to-change.ts';
import { requireOurRules, writeSopsRules } from '../sops-rules-file.ts';
import {
  openSecretFile,
  readSecretFiles,
  selectSecretFiles,
  writeSecretFile,
  type SecretFile,
} from '../secret-files.ts';

export interface KeysOptions extends KeyOptions {
  workspace?: string;
}

/**
 * `waybill secrets updatekeys [ACCOUNT]`: makes the files readable for exactly the recipients in account.json, or in
 * waybill.json where accounts share them, and keeps .sops.yaml in step. Nothing is written before every file could be opened.
 */
export async function updatekeys(account: string | undefined, options: KeysOptions): Promise<number> {
  const secrets = await readSecretFiles(options);
  await requireOurRules(secrets.folder);
  const changed = selectSecretFiles(secrets, account).filter(
    ({ inspected, recipients }) => inspected.recipients.toSorted().join() !== recipients.toSorted().join(),
  );
  const texts = new Map<SecretFile, string>();
  for (const file of changed)
    texts.set(file, await rewrapSops((await openSecretFile(file, options)).sops, file.recipients));
  for (const [file, text] of texts) {
    await writeSecretFile(secrets, file, text);
    console.log(`${file.path}: ${count(file.recipients.length, 'key')} can read it`);
  }
  const rules = await writeSopsRules(secrets.folder, secrets.workspace);
  if (texts.size === 0) console.log('Every file is for its recipients.');
  if (rules || texts.size > 0)
    console.log(`Commit ${[...(texts.size > 0 ? ['secrets/'] : []), ...(rules ? [SOPS_CONFIG] : [])].join(' and ')}.`);
  for (const key of removedFrom(changed)) {
    const shown = shortRecipient(key);
    console.log(`\n${shown} was removed. It can still read what git remembers: waybill secrets who --key ${shown}`);
  }
  return EXIT.clean;
}

/** `waybill secrets rotate [ACCOUNT] [CONNECTION]`: encrypts the same values with a new data key. */
export async function rotate(
  account: string | undefined,
  connection: string | undefined,
  options: KeysOptions,
): Promise<number> {
  const secrets = await readSecretFiles(options);
  const files = selectSecretFiles(secrets, account, connection);
  const texts = new Map<SecretFile, string>();
  for (const file of files) {
    const { sops } = await openSecretFile(file, options);
    texts.set(file, await rotateSops(sops, file.recipients, new Date()));
  }
  for (const [file, text] of texts) {
    await writeSecretFile(secrets, file, text);
    console.log(`${file.path}: new data key, for ${count(file.recipients.length, 'key')}`);
  }
  const removed = removedFrom(files);
  if (removed.length > 0) {
    console.log(
      `\nGit remembers what ${removed.map(shortRecipient).join(', ')} could read. Change at the services, then connect again:`,
    );
    console.log(credentialsToChange(files));
  }
  return EXIT.clean;
}

/** Keys that could read a file and are not among the account's recipients any more. */
function removedFrom(files: readonly SecretFile[]): string[] {
  return [
    ...new Set(
      files.flatMap(({ inspected, recipients }) => inspected.recipients.filter((key) => !recipients.includes(key))),
    ),
  ];
}
