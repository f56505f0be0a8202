import { Command, CommanderError, Option } from 'commander';
import { VERSION } from '../version.ts';
import type { CheckOptions } from './commands/check.ts';
import type { ConnectOptions } from './commands/connect.ts';
import type { DevOptions } from './commands/dev.ts';
import type { PlanOptions } from './commands/plan.ts';
import { EXIT, UsageError } from './exit.ts';

// No top-level await: the bundle is CommonJS, which has none.
void run(process.argv).then((code) => {
  process.exitCode = code;
});

/** Runs a command; every way out gives an exit code. */
async function run(argv: string[]): Promise<number> {
  let code: number = EXIT.clean;
  const program = commands((result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    return report(error);
  }
}

function commands(finish: (code: number) => void): Command {
  const program = new Command('waybill')
    .description('Automations in git, checked before they run.')
    .version(VERSION)
    .exitOverride();
  // Each command's code is loaded only when it is called: the others cost no start-up time.
  program
    .command('check')
    .description('find what is wrong in a workspace')
    .argument('[paths...]', 'show only findings in these files and folders')
    .addOption(workspace())
    .addOption(format())
    .addHelpText('after', '\nExample:\n  waybill check automations/demo --format json')
    .action(async (paths: string[], options: CheckOptions) =>
      finish(await (await import('./commands/check.ts')).check(paths, options)),
    );
  program
    .command('plan')
    .description('show the execution plans and their digests')
    .option('--account <name>', 'only this account')
    .option('--automation <name>', 'only this automation')
    .addOption(workspace())
    .addOption(format())
    .addHelpText('after', '\nExample:\n  waybill plan --account demo')
    .action(async (options: PlanOptions) => finish(await (await import('./commands/plan.ts')).plan(options)));
  program
    .command('connect')
    .description("encrypt a service's credential for an account")
    .argument('<account>')
    .argument('<connection>', "its name, such as the connector's")
    .option('--connector <name>', 'which connector, where the name does not say it')
    .option('--stdin', 'read the secret fields as JSON from stdin')
    .addOption(workspace())
    .addHelpText('after', '\nExample:\n  waybill connect demo anthropic')
    .action(async (account: string, name: string, options: ConnectOptions) =>
      finish(await (await import('./commands/connect.ts')).connect(account, name, options)),
    );
  program
    .command('dev')
    .description('run the working tree and follow its saves')
    .option('--port <port>', 'where to listen on 127.0.0.1; 0 takes a free port', '8080')
    .option('--data <dir>', "the runner's data (default: .waybill in the workspace)")
    .option('--keys <file>', 'age private keys (default: ~/.config/waybill/keys.txt)')
    .option('--public-keys', 'the file of keys may be readable by others, as a test key in git is')
    .option(
      '--reroute <service=url>',
      'send calls of a service elsewhere; may be given several times',
      (value: string, all: string[]) => [...all, value],
      [],
    )
    .addOption(workspace())
    .addHelpText('after', '\nExample:\n  waybill dev --port 0 --keys demo/demo.agekey --public-keys')
    .action(async (options: DevOptions) => finish(await (await import('./commands/dev.ts')).dev(options)));
  const secrets = program.command('secrets').description('keys of the secrets');
  secrets
    .command('keygen')
    .description('make a private key; prints its public half')
    .option('--out <file>', 'the file of keys that it is added to (default: ~/.config/waybill/keys.txt)')
    .addHelpText('after', '\nExample:\n  waybill secrets keygen --out keys.txt')
    .action(async (options: { out?: string }) => finish(await (await import('./commands/secrets.ts')).keygen(options)));
  return program;
}

function workspace(): Option {
  return new Option('--workspace <dir>', 'the workspace (default: the nearest folder upwards with waybill.json)');
}

function format(): Option {
  return new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text');
}

/** Says what went wrong in one line, and what to do. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.usage;
  const message = error instanceof Error ? error.message : String(error);
  console.error(`waybill: ${message}`);
  if (error instanceof UsageError) {
    if (error.help !== undefined) console.error(`  ${error.help}`);
    return EXIT.usage;
  }
  if (process.env['WAYBILL_DEBUG'] === '1') console.error(error);
  return EXIT.failure;
}
