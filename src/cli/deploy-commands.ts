import { Option, type Command } from 'commander';
import type { DeployOptions } from './commands/deploy.ts';
import type { ServeOptions } from './commands/serve.ts';
import {
  accountOption,
  addRunnerProcessOptions,
  dataOption,
  formatOption,
  positive,
  workspaceOption,
} from './options.ts';

/** The commands that deploy from git. */
export function addDeployCommands(program: Command, finish: (code: number) => void): void {
  addServe(program.command('serve'), finish);
  addDeploy(program.command('deploy').description('what is deployed from where, and what shall be'), finish);
}

function addServe(serve: Command, finish: (code: number) => void): void {
  addRunnerProcessOptions(serve.description('run what is on a branch of a git repository, and follow it'))
    .requiredOption('--repo <url>', 'the repository: https, ssh, or a path of this machine')
    .option('--branch <name>', 'its branch', 'main')
    .option('--path <dir>', "the workspace's folder within the repository", '')
    .option('--interval <seconds>', 'how often the repository is asked', positive, 60)
    .addOption(dataOption())
    .option('--token-file <file>', 'a token that may read the repository by https')
    .option('--token-env <name>', 'the variable of the environment that holds it')
    .option('--ssh-key <file>', 'the private key for ssh')
    .option('--allowed-signers <file>', 'deploy only commits that one of these ssh keys signed (see ssh-keygen)')
    .option('--allowed-gpg-keys <file>', 'the same with these gpg public keys')
    .option('--push-secret-file <file>', 'take the webhook of GitHub or GitLab at /push, with this secret')
    .option('--atomic', 'deploy all accounts or none')
    .option('--github <owner/name>', "write each commit's status to this repository on GitHub")
    .option('--github-token-file <file>', 'a token that may write commit statuses')
    .addOption(new Option('--github-api <url>', 'of a GitHub of your own').default('https://api.github.com'))
    .addHelpText(
      'after',
      '\nExamples:\n  waybill serve --repo https://github.com/acme/automations --token-file /etc/waybill/token\n' +
        '  waybill serve --repo git@github.com:acme/automations.git --ssh-key /etc/waybill/id_ed25519 --keys /etc/waybill/keys.txt',
    )
    .action(async (options: ServeOptions) => finish(await (await import('./commands/serve.ts')).serve(options)));
}

function addDeploy(deploy: Command, finish: (code: number) => void): void {
  withRunner(deploy.command('status'))
    .description('show how each account is deployed; exit code 1 where something is stalled')
    .addOption(accountOption())
    .addHelpText('after', '\nExample:\n  waybill deploy status --account demo')
    .action(async (options: DeployOptions) => finish(await (await import('./commands/deploy.ts')).status(options)));
  withRunner(deploy.command('now'))
    .description('ask the repository now, and wait for the end')
    .addHelpText('after', '\nExample:\n  waybill deploy now')
    .action(async (options: DeployOptions) => finish(await (await import('./commands/deploy.ts')).act('now', options)));
  withRunner(deploy.command('rollback'))
    .description('go back to an earlier commit and stay there until `waybill deploy unpin`')
    .argument('[commit]', 'default: the one that was deployed before')
    .addHelpText('after', '\nExample:\n  waybill deploy rollback 3f2c1a9')
    .action(async (commit: string | undefined, options: DeployOptions) =>
      finish(await (await import('./commands/deploy.ts')).stay('rollback', commit, options)),
    );
  withRunner(deploy.command('pin'))
    .description('stay at a commit, whatever is newer')
    .argument('[commit]', 'default: the one that is deployed')
    .addHelpText('after', '\nExample:\n  waybill deploy pin')
    .action(async (commit: string | undefined, options: DeployOptions) =>
      finish(await (await import('./commands/deploy.ts')).stay('pin', commit, options)),
    );
  withRunner(deploy.command('unpin'))
    .description('follow the branch again')
    .addHelpText('after', '\nExample:\n  waybill deploy unpin')
    .action(async (options: DeployOptions) =>
      finish(await (await import('./commands/deploy.ts')).act('unpin', options)),
    );
  withRunner(deploy.command('suspend'))
    .description('keep everything, or one account, as it is')
    .addOption(accountOption())
    .addHelpText('after', '\nExample:\n  waybill deploy suspend --account demo')
    .action(async (options: DeployOptions) =>
      finish(await (await import('./commands/deploy.ts')).suspension('suspend', options)),
    );
  withRunner(deploy.command('resume'))
    .description('end a suspension')
    .addOption(accountOption())
    .addHelpText('after', '\nExample:\n  waybill deploy resume --account demo')
    .action(async (options: DeployOptions) =>
      finish(await (await import('./commands/deploy.ts')).suspension('resume', options)),
    );
}

function withRunner(command: Command): Command {
  return command.addOption(workspaceOption()).addOption(dataOption()).addOption(formatOption());
}
