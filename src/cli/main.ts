import { Command, CommanderError, Option } from 'commander';
import { VERSION } from '../version.ts';
import type { CheckOptions } from './commands/check.ts';
import type { ConnectOptions } from './connect-form.ts';
import type { DevOptions } from './commands/dev.ts';
import type { DoctorOptions } from './commands/doctor.ts';
import type { SchemaOptions } from './commands/schema.ts';
import type { InitOptions } from './commands/init.ts';
import type { PlanOptions } from './commands/plan.ts';
import { endOnClosedPipe } from './closed-pipe.ts';
import { EXIT, report } from './exit.ts';
import { addAccessCommands } from './access-commands.ts';
import { addDeployCommands } from './deploy-commands.ts';
import {
  accountOption,
  addKeyOptions,
  addRunnerProcessOptions,
  allowPrivateOption,
  automationOption,
  dataOption,
  duration,
  formatOption,
  rerouteOption,
  workspaceOption,
} from './options.ts';
import { groupCommands } from './command-groups.ts';
import { addConnectorCommands } from './connector-commands.ts';
import { addOAuthCommands } from './oauth-commands.ts';
import { addRunnerCommands } from './runner-commands.ts';
import { addSecretsCommands } from './secrets-commands.ts';
import { addTestCommands } from './test-commands.ts';

endOnClosedPipe();
// No top-level await: the bundle is CommonJS, which has none.
void run(process.argv).then((code) => {
  process.exitCode = code;
});

/** Runs a command; every way out gives an exit code. */
async function run(argv: string[]): Promise<number> {
  let code: number = EXIT.clean;
  const program = commands(argv[2], (result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.usage;
    return report(error);
  }
}

function commands(called: string | undefined, finish: (code: number) => void): Command {
  const program = new Command('waybill')
    .description('Automations in git, checked before they run.')
    .addHelpText('after', '\nBegin: waybill init my-automations\nEach command has --help with examples.')
    .version(VERSION)
    .exitOverride();
  // Each command's code is loaded only when it is called: the others cost no start-up time.
  program
    .command('check')
    .description('find what is wrong in a workspace')
    .argument('[paths...]', 'show only findings in these files and folders')
    .option('--staged', 'what would be committed, in place of what lies in the folder: for a hook')
    .option('--no-cache', 'find everything anew, whatever an earlier check found')
    .addOption(workspaceOption())
    .addOption(
      new Option('--format <format>', 'how to print').choices(['text', 'json', 'github', 'sarif']).default('text'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  waybill check automations/demo --format json\n  waybill check --format github    in a workflow: annotations in the pull request',
    )
    .action(async (paths: string[], options: CheckOptions) =>
      finish(await (await import('./commands/check.ts')).check(paths, options)),
    );
  // To declare all the others takes longer than a small check.
  if (called !== 'check') addOtherCommands(program, finish);
  return program;
}

function addOtherCommands(program: Command, finish: (code: number) => void): void {
  program
    .command('init')
    .description('make a new workspace, or add an account to one')
    .argument('[dir]', 'the folder of the new workspace (default: the workspace here, to add an account)')
    .option('--account <name>', 'the account (default, in a new workspace: demo)')
    .option('--name <name>', "the customer's name as people write it")
    .option(
      '--recipient <key>',
      'an age public key that may read its secrets; may be given several times (default: your own)',
      (value: string, all: string[]) => [...all, value],
      [],
    )
    .addHelpText(
      'after',
      '\nExamples:\n  waybill init my-automations\n  waybill init --account acme --name "Acme Ltd."',
    )
    .action(async (folder: string | undefined, options: InitOptions) =>
      finish(await (await import('./commands/init.ts')).init(folder, options)),
    );
  program
    .command('plan')
    .description('show the execution plans and their digests')
    .addOption(accountOption())
    .addOption(automationOption())
    .addOption(workspaceOption())
    .option('--against <commit>', 'show what is different from that commit')
    .option('--at <commit>', 'this commit in place of the files as they lie')
    .option('--comment', "in a GitHub workflow: write it as the pull request's one comment, or into the job's summary")
    .addOption(
      new Option('--format <format>', 'how to print; markdown is for differences')
        .choices(['text', 'json', 'markdown'])
        .default('text'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  waybill plan --account demo\n  waybill plan --against origin/main --format markdown',
    )
    .action(async (options: PlanOptions) => finish(await (await import('./commands/plan.ts')).plan(options)));
  addTestCommands(program, finish);
  program
    .command('connect')
    .description("encrypt a service's credential for an account")
    .argument('<account>', 'or `shared`, for a credential that accounts share')
    .argument('<connection>', "its name, such as the connector's")
    .option('--connector <name>', 'which connector, where the name does not say it')
    .option('--stdin', 'read the fields as JSON from stdin')
    .addOption(
      new Option('--web', 'open a page in the browser of this machine, which also tries it').conflicts('stdin'),
    )
    .addOption(
      new Option('--link', 'print a link to the page of the runner that is up, for somebody else').conflicts([
        'stdin',
        'web',
      ]),
    )
    .addOption(
      new Option('--expires <duration>', 'how long the link is good for: 30m, 12h; at most 7d')
        .argParser(duration)
        .default(3600, '1h'),
    )
    .addOption(rerouteOption())
    .addOption(allowPrivateOption())
    .addOption(workspaceOption())
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText(
      'after',
      '\nExamples:\n  waybill connect demo anthropic --web\n  waybill connect acme shopify --link --expires 12h\n  waybill connect acme second-shop --connector shopify',
    )
    .action(async (account: string, name: string, options: ConnectOptions) =>
      finish(await (await import('./commands/connect.ts')).connect(account, name, options)),
    );
  addRunnerProcessOptions(program.command('dev'))
    .description('run the working tree and follow its saves')
    .addOption(dataOption())
    .addOption(workspaceOption())
    .addHelpText('after', '\nExample:\n  waybill dev --port 0 --keys demo/demo.agekey --public-keys')
    .action(async (options: DevOptions) => finish(await (await import('./commands/dev.ts')).dev(options)));
  addDeployCommands(program, finish);
  addRunnerCommands(program, finish);
  addAccessCommands(program, finish);
  addOAuthCommands(program, finish);
  addConnectorCommands(program.command('connector').description('what services and actions there are'), finish);
  program
    .command('schema')
    .description('make the schemas by which an editor completes and checks what you write')
    .option('--write', 'write them to .waybill/schemas and name them in .vscode/settings.json')
    .option('--account <name>', "print the automations' schema of this account (default: the first)")
    .addOption(workspaceOption())
    .addHelpText('after', '\nExample:\n  waybill schema --write')
    .action(async (options: SchemaOptions) => finish(await (await import('./commands/schema.ts')).schema(options)));
  addKeyOptions(program.command('doctor'))
    .description('look at what is set up and what is missing')
    .addOption(workspaceOption())
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText('after', '\nExample:\n  waybill doctor --keys demo/demo.agekey --public-keys')
    .action(async (options: DoctorOptions) => finish(await (await import('./commands/doctor.ts')).doctor(options)));
  addSecretsCommands(program, finish);
  groupCommands(program);
}
