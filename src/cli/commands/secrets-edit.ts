import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rewriteConnection } from '../../secrets/connection-file.ts';
import type { Credential } from '../../secrets/credential.ts';
import { EXIT, UsageError } from '../exit.ts';
import { findSecretFile, openSecretFile, readSecretFiles, writeSecretFile } from '../secret-files.ts';
import { checkSecretFields, parseSecretFields } from '../secret-input.ts';
import type { ValueOptions } from './secrets-values.ts';

/** `waybill secrets edit ACCOUNT CONNECTION`: opens the fields in $VISUAL or $EDITOR. */
export async function edit(account: string, connection: string, options: ValueOptions): Promise<number> {
  const secrets = await readSecretFiles(options);
  const file = findSecretFile(secrets, account, connection);
  const opened = await openSecretFile(file, options);
  const before = render(opened.credential);
  const after = await inEditor(`${account}-${connection}.json`, before);
  if (after === before) {
    console.log('Nothing was changed.');
    return EXIT.clean;
  }
  const fields = checkSecretFields(file.spec, file.fields, parseSecretFields(after, 'what the editor left'));
  const credential = { ...opened.credential, fields };
  await writeSecretFile(secrets, file, rewriteConnection(opened, credential, new Date()));
  console.log(`Changed. Commit ${file.path}.`);
  return EXIT.clean;
}

function render({ fields }: Credential): string {
  return `${JSON.stringify(fields, undefined, 2)}\n`;
}

/**
 * An editor needs a file. It lies in memory where the system has such a place, in a folder for its owner alone, and is
 * overwritten and removed as soon as the editor ends.
 */
async function inEditor(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(memoryFolder(), 'waybill-edit-'));
  const file = join(folder, name);
  // While the editor is open, Ctrl-C is for it: ours would leave the file behind.
  process.on('SIGINT', ignore);
  process.on('SIGTERM', ignore);
  try {
    await writeFile(file, text, { mode: 0o600 });
    await runEditor(file);
    return await readFile(file, 'utf8');
  } finally {
    await stat(file).then(
      ({ size }) => writeFile(file, Buffer.alloc(size)),
      () => undefined,
    );
    await rm(folder, { recursive: true, force: true });
    process.off('SIGINT', ignore);
    process.off('SIGTERM', ignore);
  }
}

function ignore(): void {
  // The editor decides.
}

function memoryFolder(): string {
  const folders = [process.env['XDG_RUNTIME_DIR'], '/dev/shm'];
  const found = folders.find((folder) => folder !== undefined && folder !== '' && existsSync(folder));
  if (found === undefined)
    console.error('The editor’s file lies on the disk while you edit: this system has no folder in memory.');
  return found ?? tmpdir();
}

async function runEditor(file: string): Promise<void> {
  const editor = process.env['VISUAL'] || process.env['EDITOR'];
  if (editor === undefined || editor === '')
    throw new UsageError('no editor is set', 'set EDITOR, or use waybill secrets set');
  const code = await new Promise<number | null>((resolve, reject) => {
    // The editor may have arguments of its own, so the shell reads it, as git does.
    const child = spawn('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new UsageError(`the editor ended with ${code}; nothing was changed`);
}
