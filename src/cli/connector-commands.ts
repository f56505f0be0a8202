import type { Command } from 'commander';
import type { NewConnectorOptions } from './commands/connector-new.ts';
import type { ChoicesOptions, ConnectorCallOptions } from './commands/connector-test.ts';
import type { ConnectorOptions } from './commands/connector.ts';
import { addKeyOptions, allowPrivateOption, formatOption, rerouteOption, workspaceOption } from './options.ts';

/** The commands about services: what there is, whether a connection works, and a connector to begin with. */
export function addConnectorCommands(connector: Command, finish: (code: number) => void): void {
  connector
    .command('search')
    .description('find services and actions by what they do')
    .argument('<words...>')
    .addOption(workspaceOption())
    .addOption(formatOption())
    .addHelpText('after', '\nExample:\n  waybill connector search summarize text')
    .action(async (words: string[], options: ConnectorOptions) =>
      finish(await (await import('./commands/connector.ts')).search(words, options)),
    );
  connector
    .command('describe')
    .description('show what a service or an action needs and gives')
    .argument('<service[.action]>')
    .addOption(workspaceOption())
    .addOption(formatOption())
    .addHelpText('after', '\nExample:\n  waybill connector describe anthropic.message_to_ai')
    .action(async (name: string, options: ConnectorOptions) =>
      finish(await (await import('./commands/connector.ts')).describe(name, options)),
    );
  addCalls(connector, finish);
  connector
    .command('new')
    .description('write a small connector to begin with: connectors/<name>/connector.json')
    .argument('<name>', "the service's, such as shop")
    .option('--title <title>', 'the name as the service writes it')
    .option('--base-url <url>', "where its API's requests go", 'https://api.example.com/v1')
    .addOption(workspaceOption())
    .addHelpText(
      'after',
      '\nExample:\n  waybill connector new parcels --title Parcels --base-url https://api.parcels.example/v2',
    )
    .action(async (name: string, options: NewConnectorOptions) =>
      finish(await (await import('./commands/connector-new.ts')).newConnector(name, options)),
    );
}

/** Commands that call a service through a connection. */
function addCalls(connector: Command, finish: (code: number) => void): void {
  withCalls(connector.command('test'))
    .description("ask a service whether it takes a connection's credential; exit code 1 where it does not")
    .argument('<account>')
    .argument('<connection>')
    .addHelpText('after', '\nExample:\n  waybill connector test demo anthropic --keys demo/demo.agekey --public-keys')
    .action(async (account: string, name: string, options: ConnectorCallOptions) =>
      finish(await (await import('./commands/connector-test.ts')).testConnection(account, name, options)),
    );
  withCalls(connector.command('choices'))
    .description('list the values that a field of an action can have, as the service knows them')
    .argument('<account>')
    .argument('<connection>')
    .argument('<action>', 'its name within the service')
    .argument('<field>')
    .option('--input <json>', 'fields that the choices depend on', '{}')
    .addHelpText('after', '\nExample:\n  waybill connector choices demo anthropic message_to_ai model')
    .action(async (account: string, name: string, action: string, field: string, options: ChoicesOptions) =>
      finish(await (await import('./commands/connector-test.ts')).choices(account, name, action, field, options)),
    );
}

function withCalls(command: Command): Command {
  return addKeyOptions(command)
    .addOption(rerouteOption())
    .addOption(allowPrivateOption())
    .addOption(workspaceOption())
    .addOption(formatOption());
}
