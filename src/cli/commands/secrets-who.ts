import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SHARED } from '../../workspace/workspace.ts';
import { isRecipient, shortRecipient } from '../../secrets/recipient.ts';
import { EXIT } from '../exit.ts';
import { credentialsToChange } from '../credentials-to-change.ts';
import type { Format } from '../options.ts';
import { readSecretFiles, selectSecretFiles, type SecretFile } from '../secret-files.ts';

export interface WhoOptions {
  workspace?: string;
  key?: string;
  format: Format;
}

/** What one key can read, or could. */
interface Reader {
  key: string;
  /** `<account>/<connection>` of the files as they are. */
  reads: string[];
  /** Of what git remembers, without those. */
  could_read: string[];
}

/** Bytes of git's answer; a repository whose secrets changed more often than that is refused. */
const MAX_LOG = 512 * 1024 * 1024;

/** `waybill secrets who [ACCOUNT]`: which keys can read what, now and in git's memory. Needs no key. */
export async function who(account: string | undefined, options: WhoOptions): Promise<number> {
  const secrets = await readSecretFiles(options);
  const files = selectSecretFiles(secrets, account);
  const readers = readersOf(files, await rememberedReaders(secrets.folder));
  const named = options.key;
  const wanted = named === undefined ? readers : readers.filter(({ key }) => isRecipient(key, named));
  if (options.format === 'json') console.log(JSON.stringify({ readers: wanted }));
  else if (named !== undefined) console.log(describeOne(named, wanted[0], files));
  else console.log(wanted.map(describe).join('\n') || 'There are no secrets.');
  return EXIT.clean;
}

function readersOf(files: readonly SecretFile[], remembered: ReadonlyMap<string, ReadonlySet<string>>): Reader[] {
  const readers = new Map<string, Reader>();
  const reader = (key: string): Reader => {
    const known = readers.get(key) ?? { key, reads: [], could_read: [] };
    readers.set(key, known);
    return known;
  };
  for (const file of files) {
    const name = `${file.account}/${file.connection}`;
    for (const key of file.inspected.recipients) reader(key).reads.push(name);
    for (const key of remembered.get(file.path) ?? [])
      if (!file.inspected.recipients.includes(key)) reader(key).could_read.push(name);
  }
  return [...readers.values()];
}

/** The recipients that the secrets files ever had, by path; nothing outside of a git repository. */
async function rememberedReaders(folder: string): Promise<Map<string, Set<string>>> {
  const args = [
    'log',
    '--all',
    '--relative',
    '-p',
    '--unified=0',
    '--no-color',
    '--no-ext-diff',
    '--no-textconv',
    '-m',
  ];
  const readers = new Map<string, Set<string>>();
  const log = await promisify(execFile)('git', ['-C', folder, ...args, '--format=', '--', 'secrets/'], {
    maxBuffer: MAX_LOG,
  }).catch(() => undefined);
  let path = '';
  for (const line of log?.stdout.split('\n') ?? []) {
    const [, file, key] = /^\+\+\+ b\/(.*)$|^\+\s*"recipient": "(age1[a-z0-9]+)"/.exec(line) ?? [];
    path = file ?? path;
    if (key !== undefined) readers.set(path, (readers.get(path) ?? new Set()).add(key));
  }
  return readers;
}

function describe({ key, reads, could_read: could }: Reader): string {
  const lines = [shortRecipient(key)];
  if (reads.length > 0) lines.push(`  reads ${reads.join(', ')}`);
  if (could.length > 0) lines.push(`  could once read ${could.join(', ')}; git remembers it`);
  return lines.join('\n');
}

/** What to do so that a key reads nothing any more. */
function describeOne(named: string, reader: Reader | undefined, files: readonly SecretFile[]): string {
  if (reader === undefined) return `${named} can read nothing here, and never could.`;
  const lines = [describe(reader)];
  const accounts = [...new Set(reader.reads.map((name) => name.split('/')[0] ?? ''))];
  if (accounts.length > 0) {
    lines.push('', 'So that it reads nothing from now on:');
    for (const account of accounts)
      lines.push(
        `  remove it from "recipients" in ${account === SHARED ? '"shared" of waybill.json' : `automations/${account}/account.json`}`,
        `  waybill secrets updatekeys ${account}`,
        `  waybill secrets rotate ${account}`,
      );
  }
  const known = files.filter(({ account, connection }) =>
    [...reader.reads, ...reader.could_read].includes(`${account}/${connection}`),
  );
  lines.push('', 'What it has read it still has, and git remembers it. Change at the services, then connect again:');
  lines.push(credentialsToChange(known).replaceAll(/^/gm, '  '));
  return lines.join('\n');
}
