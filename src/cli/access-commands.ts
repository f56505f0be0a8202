import { Option, type Command } from 'commander';
import { ROLE_NAMES } from '../server/access/roles.ts';
import type { AuditOptions } from './commands/audit.ts';
import type { CreateTokenOptions, TokensOptions } from './commands/tokens.ts';
import { accountOption, dataOption, duration, formatOption, positive, workspaceOption } from './options.ts';

/** The commands on who may use a runner's API, and what they did. */
export function addAccessCommands(program: Command, finish: (code: number) => void): void {
  const tokens = program.command('tokens').description("who may use the runner's API");
  withRunner(tokens.command('create'))
    .description('make a token and print it, this once')
    .argument('<name>', 'whose it is, or what for')
    .addOption(
      new Option(
        '--role <role>',
        `what it may do: ${ROLE_NAMES.join(', ')}; ACCOUNT=ROLE for more in one account; may be given several times`,
      )
        .argParser((value: string, all: string[] | undefined) => [...(all ?? []), value])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--account <name>', 'for this account; may be given several times')
        .argParser((value: string, all: string[]) => [...all, value])
        .default([], 'none'),
    )
    .option('--all-accounts', 'for all accounts, also those to come')
    .addOption(
      new Option('--expires <duration>', 'how long it is good for: 12h, 90d; at most 366d')
        .argParser(duration)
        .default(90 * 86_400, '90d'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  waybill tokens create "Ada at Acme" --role operator --account acme\n  waybill tokens create Bo --role viewer --all-accounts --role acme=editor\n  waybill tokens create monitoring --role viewer --all-accounts --expires 30d',
    )
    .action(async (name: string, options: CreateTokenOptions) =>
      finish(await (await import('./commands/tokens.ts')).create(name, options)),
    );
  withRunner(tokens.command('list'))
    .description('list tokens, newest first, also those that are expired or revoked')
    .addHelpText('after', '\nExample:\n  waybill tokens list')
    .action(async (options: TokensOptions) => finish(await (await import('./commands/tokens.ts')).list(options)));
  withRunner(tokens.command('revoke'))
    .description('end a token at once, and the sessions of browsers with it')
    .argument('<token>', 'its id, as the list shows it')
    .addHelpText('after', '\nExample:\n  waybill tokens revoke 3f2c1a90')
    .action(async (id: string, options: TokensOptions) =>
      finish(await (await import('./commands/tokens.ts')).revoke(id, options)),
    );
  withRunner(program.command('audit'))
    .description('show who changed what through the API, and from where; newest first')
    .addOption(accountOption())
    .option('--before <number>', 'only older ones than this', positive)
    .option('--limit <number>', 'how many at most, up to 500', positive, 20)
    .addHelpText('after', '\nExample:\n  waybill audit --account acme')
    .action(async (options: AuditOptions) => finish(await (await import('./commands/audit.ts')).audit(options)));
}

function withRunner(command: Command): Command {
  return command.addOption(workspaceOption()).addOption(dataOption()).addOption(formatOption());
}
