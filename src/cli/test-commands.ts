import { Option, type Command } from 'commander';
import type { RecordOptions } from './commands/test-record.ts';
import type { TestOptions } from './commands/test.ts';
import { dataOption, percent, workspaceOption } from './options.ts';

/** The commands of automations' tests. */
export function addTestCommands(program: Command, finish: (code: number) => void): void {
  const test = program
    .command('test')
    .description('run the tests of automations: no network, no credentials')
    .argument('[paths...]', 'only the tests of these automations, files and folders')
    .option('--coverage', 'show which steps, branches, error paths and mappings the tests went through')
    .option('--min-coverage <percent>', 'exit code 1 where less is covered', percent)
    .option('--watch', 'after each save, run what it changes')
    .option('--update', 'write what came into what failing cases expect, where the file has a value')
    .addOption(workspaceOption())
    .addOption(
      new Option('--format <format>', 'how to print').choices(['text', 'tap', 'junit', 'json']).default('text'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  waybill test automations/demo --coverage\n  waybill test --min-coverage 80 --format junit > junit.xml    in a workflow',
    )
    .action(async (paths: string[], options: TestOptions) =>
      finish(await (await import('./commands/test.ts')).test(paths, options)),
    );
  test
    .command('record')
    .description("make a finished run a case of its automation's test; look-alikes take the place of its data")
    .argument('<run>', 'its id')
    .option('--name <name>', 'the name of the case (default: when it ran)')
    .option(
      '--keep <text>',
      'words and numbers that stay as they are; may be given several times',
      (text: string, all: string[]) => [...all, text],
      [],
    )
    .addOption(workspaceOption())
    .addOption(dataOption())
    .addHelpText('after', '\nExample:\n  waybill test record 0193a1b2-… --name "a lead with two lines"')
    .action(async (id: string, options: RecordOptions, command: Command) =>
      finish(
        await (await import('./commands/test-record.ts')).record(id, { ...command.optsWithGlobals(), ...options }),
      ),
    );
}
