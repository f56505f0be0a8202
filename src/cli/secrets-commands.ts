import type { Command } from 'commander';
import type { CheckSecretsOptions } from './commands/secrets-check.ts';
import type { KeygenOptions } from './commands/secrets-keygen.ts';
import type { KeysOptions } from './commands/secrets-keys.ts';
import type { ListSecretsOptions } from './commands/secrets-list.ts';
import type { SetOptions, ValueOptions } from './commands/secrets-values.ts';
import type { WhoOptions } from './commands/secrets-who.ts';
import { addKeyOptions, formatOption, workspaceOption } from './options.ts';

const ACCOUNT = 'the account, or shared for what waybill.json has for several';

/** The commands for what lies in secrets/. */
export function addSecretsCommands(program: Command, finish: (code: number) => void): void {
  const secrets = program.command('secrets').description('credentials and the keys that open them');
  addValues(secrets, finish);
  addKeys(secrets, finish);
  secrets
    .command('list')
    .description('show what is kept, for which hosts and since when; needs no key')
    .argument('[account]', ACCOUNT)
    .addOption(workspaceOption())
    .addOption(formatOption())
    .addHelpText('after', '\nExample:\n  waybill secrets list demo')
    .action(async (account: string | undefined, options: ListSecretsOptions) =>
      finish(await (await import('./commands/secrets-list.ts')).list(account, options)),
    );
  secrets
    .command('who')
    .description('show which keys can read what, now and in what git remembers; needs no key')
    .argument('[account]', ACCOUNT)
    .option(
      '--key <recipient>',
      'only this public key, whole or as it is shown, with what to do to take its access away',
    )
    .addOption(workspaceOption())
    .addOption(formatOption())
    .addHelpText('after', '\nExamples:\n  waybill secrets who demo\n  waybill secrets who --key age1…')
    .action(async (account: string | undefined, options: WhoOptions) =>
      finish(await (await import('./commands/secrets-who.ts')).who(account, options)),
    );
  secrets
    .command('check')
    .description('find what is wrong with secrets, and credentials in other files; needs no key')
    .option('--staged', 'what would be committed, as a hook before commits does')
    .addOption(workspaceOption())
    .addOption(formatOption())
    .addHelpText(
      'after',
      '\nExamples:\n  waybill secrets check\n  waybill secrets check --staged    in .git/hooks/pre-commit',
    )
    .action(async (options: CheckSecretsOptions) =>
      finish(await (await import('./commands/secrets-check.ts')).checkSecrets(options)),
    );
  secrets
    .command('textconv')
    .description('print a secrets file as git shows it in a diff: what changed, and no value')
    .argument('<file>')
    .addHelpText('after', '\nExample:\n  waybill secrets textconv secrets/demo/anthropic.json')
    .action(async (file: string) => finish(await (await import('./commands/secrets-textconv.ts')).textconv(file)));
}

function addValues(secrets: Command, finish: (code: number) => void): void {
  field(secrets.command('get'))
    .description('print one secret in the clear')
    .addHelpText('after', '\nExample:\n  waybill secrets get demo anthropic api_key')
    .action(async (account: string, connection: string, name: string, options: ValueOptions) =>
      finish(await (await import('./commands/secrets-values.ts')).get([account, connection, name], options)),
    );
  field(secrets.command('set'))
    .description('change one secret, typed without being shown; the others keep their ciphertext')
    .option('--stdin', 'read the value from stdin')
    .addHelpText('after', '\nExample:\n  waybill secrets set demo anthropic api_key')
    .action(async (account: string, connection: string, name: string, options: SetOptions) =>
      finish(await (await import('./commands/secrets-values.ts')).set([account, connection, name], options)),
    );
  field(secrets.command('unset'))
    .description('take away a secret that the connector can do without')
    .addHelpText('after', '\nExample:\n  waybill secrets unset demo web token')
    .action(async (account: string, connection: string, name: string, options: ValueOptions) =>
      finish(await (await import('./commands/secrets-values.ts')).unset([account, connection, name], options)),
    );
  addKeyOptions(secrets.command('edit'))
    .description("change a connection's secrets in $VISUAL or $EDITOR")
    .argument('<account>', ACCOUNT)
    .argument('<connection>')
    .addOption(workspaceOption())
    .addHelpText('after', '\nExample:\n  EDITOR=nano waybill secrets edit demo anthropic')
    .action(async (account: string, connection: string, options: ValueOptions) =>
      finish(await (await import('./commands/secrets-edit.ts')).edit(account, connection, options)),
    );
}

function addKeys(secrets: Command, finish: (code: number) => void): void {
  secrets
    .command('keygen')
    .description('make a private key; prints its public half')
    .option('--out <file>', 'the file of keys that it is added to (default: ~/.config/waybill/keys.txt)')
    .option('--post-quantum', 'a key that quantum computers do not break (ML-KEM-768 with X25519)')
    .addHelpText('after', '\nExample:\n  waybill secrets keygen --out keys.txt')
    .action(async (options: KeygenOptions) =>
      finish(await (await import('./commands/secrets-keygen.ts')).keygen(options)),
    );
  addKeyOptions(secrets.command('updatekeys'))
    .description(
      'make the files readable for exactly their recipients in account.json or waybill.json, and write .sops.yaml',
    )
    .argument('[account]', ACCOUNT)
    .addOption(workspaceOption())
    .addHelpText('after', '\nExample:\n  waybill secrets updatekeys demo')
    .action(async (account: string | undefined, options: KeysOptions) =>
      finish(await (await import('./commands/secrets-keys.ts')).updatekeys(account, options)),
    );
  addKeyOptions(secrets.command('rotate'))
    .description('encrypt the same secrets with a new data key')
    .argument('[account]', ACCOUNT)
    .argument('[connection]')
    .addOption(workspaceOption())
    .addHelpText('after', '\nExample:\n  waybill secrets rotate demo')
    .action(async (account: string | undefined, connection: string | undefined, options: KeysOptions) =>
      finish(await (await import('./commands/secrets-keys.ts')).rotate(account, connection, options)),
    );
}

function field(command: Command): Command {
  return addKeyOptions(command)
    .argument('<account>', ACCOUNT)
    .argument('<connection>')
    .argument('<field>')
    .addOption(workspaceOption());
}
