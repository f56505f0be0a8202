import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Encrypter } from 'age-encryption';
import { newAccount, newWorkspace, type NewAccount } from '../../authoring/new-workspace.ts';
import { packageFolder } from '../../connectors/builtin.ts';
import { addNewIdentity, defaultKeyringPath, readKeyring, recipientsOf } from '../../secrets/keyring.ts';
import { VERSION } from '../../version.ts';
import { SHARED } from '../../workspace/workspace.ts';
import { checkWorkspace } from '../../runner/check-workspace.ts';
import { editorSchemas, writeEditorSchemas } from '../editor-schemas.ts';
import { EXIT, UsageError } from '../exit.ts';
import { nearestWorkspace } from '../find-workspace.ts';
import { hasForeignRules, writeSopsRules } from '../sops-rules-file.ts';

export interface InitOptions {
  account?: string;
  name?: string;
  recipient: string[];
}

const run = promisify(execFile);
const FIRST_ACCOUNT = 'demo';
/** What lets git show secrets without their values; the guide to secrets says why it is written so. */
const TEXTCONV = 'show() { waybill secrets textconv "$1" 2>/dev/null || cat "$1"; }; show';

/** `waybill init DIR`: a new workspace; `waybill init --account NAME`: a new account of one that is there. */
export async function init(folder: string | undefined, options: InitOptions): Promise<number> {
  const workspace = folder === undefined ? nearestWorkspace() : resolve(folder);
  if (workspace === undefined)
    throw new UsageError('there is no workspace here', 'name the folder of a new one: waybill init my-automations');
  return existsSync(join(workspace, 'waybill.json'))
    ? addAccount(workspace, options)
    : makeWorkspace(workspace, options);
}

async function addAccount(workspace: string, options: InitOptions): Promise<number> {
  if (options.account === undefined)
    throw new UsageError(`${workspace} is a workspace already`, 'add an account to it: waybill init --account NAME');
  const account = await accountOf(options.account, options);
  const folder = join('automations', account.account);
  if (existsSync(join(workspace, folder))) throw new UsageError(`there is an account ${account.account} already`);
  await write(workspace, newAccount(account));
  await writeDerived(workspace);
  console.log(`Wrote ${folder}/account.json; secrets of ${account.account} will be encrypted to:`);
  for (const recipient of account.recipients) console.log(`  ${recipient}`);
  console.log(`Go on: waybill connect ${account.account} SERVICE, or write ${folder}/<automation>.json.`);
  return EXIT.clean;
}

async function makeWorkspace(workspace: string, options: InitOptions): Promise<number> {
  const outer = nearestWorkspace(dirname(workspace));
  if (outer !== undefined)
    throw new UsageError(
      `${workspace} would lie in the workspace ${outer}, which would not read it`,
      'add an account there (waybill init --account NAME), or name a folder outside of it',
    );
  const account = await accountOf(options.account ?? FIRST_ACCOUNT, options);
  const kept = await write(workspace, newWorkspace(account, VERSION, readTemplate));
  await chmod(join(workspace, '.githooks/pre-commit'), 0o755);
  await writeDerived(workspace);
  const below = await makeRepository(workspace);
  console.log(`Wrote a workspace with the account ${account.account} to ${workspace}.`);
  for (const path of kept) console.log(`${path} was there already and stays as it is.`);
  if (below !== undefined)
    console.log(
      `It lies in a git repository that was there. For the hook before commits and for readable diffs of secrets:\n` +
        `  git config core.hooksPath ${below}.githooks\n  git config diff.waybill.textconv '${TEXTCONV}'`,
    );
  const here = relative(process.cwd(), workspace);
  console.log(`\nGo on:\n${here === '' ? '' : `  cd ${here}\n`}  waybill check\n  waybill test\n  waybill dev`);
  return EXIT.clean;
}

/** Writes the files that are not there yet. Gives the paths of those that are, and differ. */
async function write(workspace: string, files: ReadonlyMap<string, string>): Promise<string[]> {
  const kept: string[] = [];
  for (const [path, text] of files) {
    const file = join(workspace, path);
    if (existsSync(file)) {
      if (readFileSync(file, 'utf8') !== text) kept.push(path);
      continue;
    }
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return kept;
}

/** What follows from the accounts: rules for real sops, and schemas for editors. */
async function writeDerived(workspace: string): Promise<void> {
  const checked = checkWorkspace(workspace);
  // What other people wrote there stays; check says what is missing.
  if (!(await hasForeignRules(workspace))) await writeSopsRules(workspace, checked.workspace);
  await writeEditorSchemas(workspace, editorSchemas(checked));
}

async function accountOf(account: string, { name, recipient }: InitOptions): Promise<NewAccount> {
  if (account === SHARED)
    throw new UsageError(`${SHARED} is where automations lie that accounts install`, 'choose another name');
  if (!/^[a-z][a-z0-9_-]{0,62}$/.test(account))
    throw new UsageError(
      `${account} is no name of an account`,
      'small letters, digits, - and _, beginning with a letter',
    );
  for (const key of recipient) requirePublicKey(key);
  const words = account.split(/[-_]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return {
    account,
    name: name ?? words.join(' '),
    recipients: recipient.length > 0 ? recipient : [await ownRecipient()],
  };
}

/** What was given is not shown: it may be a private key. */
function requirePublicKey(key: string): void {
  try {
    new Encrypter().addRecipient(key);
  } catch {
    throw new UsageError(
      'a --recipient is no age public key',
      'such a key begins with age1: waybill secrets keygen makes one',
    );
  }
}

/** The public half of the first key in the user's own keyring; where there is none, a key is made. */
async function ownRecipient(): Promise<string> {
  const file = defaultKeyringPath(process.env, homedir());
  if (existsSync(file)) {
    const [first] = await recipientsOf(await readKeyring(file, { anyoneMayRead: false }));
    if (first !== undefined) return first;
  }
  const recipient = await addNewIdentity(file, { now: new Date(), postQuantum: false });
  console.log(`Made a private key in ${file}. Keep a copy of that file in a safe place, never in git.`);
  return recipient;
}

function readTemplate(name: string): string {
  const file = name === 'action.yml' ? '.github/actions/waybill/action.yml' : `templates/workspace/${name}`;
  return readFileSync(join(packageFolder(), file), 'utf8');
}

/**
 * Makes a git repository with our hook and diff driver, where the folder is in none. Where it is in one, gives the folder's
 * path from its top on: empty, or ending with a slash.
 */
async function makeRepository(workspace: string): Promise<string | undefined> {
  const git = (...args: string[]): Promise<{ stdout: string }> => run('git', args, { cwd: workspace });
  const inside = await git('rev-parse', '--show-prefix').then(
    ({ stdout }) => stdout.trimEnd(),
    () => undefined,
  );
  if (inside !== undefined) return inside;
  await git('init', '--quiet', '--initial-branch=main');
  await git('config', 'core.hooksPath', '.githooks');
  await git('config', 'diff.waybill.textconv', TEXTCONV);
  return undefined;
}
