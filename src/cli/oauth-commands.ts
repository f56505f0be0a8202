import type { Command } from 'commander';
import type { GuideOptions } from './commands/oauth-guide.ts';
import type { OAuthOptions } from './commands/oauth.ts';
import { dataOption, formatOption, workspaceOption } from './options.ts';

/** The commands about OAuth: what to register at a service, and the consents of people. */
export function addOAuthCommands(program: Command, finish: (code: number) => void): void {
  const oauth = program.command('oauth').description('connect accounts at services where a person has to consent');
  withRunner(oauth.command('guide'))
    .description('say what to register at a service: name, redirect address, rights, webhooks')
    .argument('<service>', 'the connector, such as hubspot')
    .argument('[account]', 'for the rights that its automations need (default: all that the connector has)')
    .option('--public-url <url>', 'where browsers reach the runner (default: asked of the runner, if it is up)')
    .addHelpText('after', '\nExample:\n  waybill oauth guide hubspot acme --public-url https://waybill.example.com')
    .action(async (service: string, account: string | undefined, options: GuideOptions) =>
      finish(await (await import('./commands/oauth-guide.ts')).guide(service, account, options)),
    );
  withRunner(oauth.command('link'))
    .description('make a link by which a person consents, in any browser')
    .argument('<account>')
    .argument('<connection>')
    .addHelpText('after', '\nExample:\n  waybill oauth link acme hubspot')
    .action(async (account: string, connection: string, options: OAuthOptions) =>
      finish(await (await import('./commands/oauth.ts')).link(account, connection, options)),
    );
  withRunner(oauth.command('status'))
    .description('show who consented to what; exit code 1 where a consent is owed')
    .argument('[account]')
    .argument('[connection]')
    .addHelpText('after', '\nExample:\n  waybill oauth status acme')
    .action(async (account: string | undefined, connection: string | undefined, options: OAuthOptions) =>
      finish(await (await import('./commands/oauth.ts')).status(account, connection, options)),
    );
  withRunner(oauth.command('revoke'))
    .description('give back what a person granted, and forget it')
    .argument('<account>')
    .argument('<connection>')
    .addHelpText('after', '\nExample:\n  waybill oauth revoke acme hubspot')
    .action(async (account: string, connection: string, options: OAuthOptions) =>
      finish(await (await import('./commands/oauth.ts')).revoke(account, connection, options)),
    );
}

function withRunner(command: Command): Command {
  return command.addOption(workspaceOption()).addOption(dataOption()).addOption(formatOption());
}
