import { Option, type Command } from 'commander';
import type { ReplayOptions, ResolveOptions } from './commands/control.ts';
import type { StorageOptions } from './commands/storage.ts';
import { accountOption, automationOption, instant, positive } from './options.ts';

/** The commands by which people decide of runs. `withRunner` adds the options that name a runner. */
export function addControlCommands(
  program: Command,
  runs: Command,
  withRunner: (command: Command) => Command,
  finish: (code: number) => void,
): void {
  withRunner(runs.command('cancel'))
    .description('end a run; what is under way may end, nothing more begins')
    .argument('<run>', 'its id')
    .addHelpText('after', '\nExample:\n  waybill runs cancel 0193a1b2-…')
    .action(async (run: string, options: StorageOptions) =>
      finish(await (await import('./commands/control.ts')).cancel(run, options)),
    );
  withRunner(runs.command('replay'))
    .description('run again what a run was given, with the plan that is deployed now; or many that did not succeed')
    .argument('[run]', 'its id; without it, those that --account and --status name and that were not replayed yet')
    .option('--from <step>', 'do not do again what was done before this step')
    .option('--trigger <json>', 'what the run is given instead, such as {"body":{…}}')
    .addOption(accountOption())
    .addOption(automationOption())
    .addOption(new Option('--status <status>', 'only these').choices(['failed', 'uncertain', 'canceled']))
    .option('--since <when>', 'only what was accepted since then: a date, a time, or 2h, 7d', instant)
    .option('--until <when>', 'only what was accepted before then', instant)
    .option('--limit <number>', 'how many at most, the newest, up to 500', positive, 100)
    .addHelpText(
      'after',
      '\nExamples:\n  waybill runs replay 0193a1b2-… --from send\n  waybill runs replay --account demo --status failed --since 2h',
    )
    .action(async (run: string | undefined, options: ReplayOptions) =>
      finish(await (await import('./commands/control.ts')).replay(run, options)),
    );
  withRunner(runs.command('resolve'))
    .description('say what became of the step for which a run stopped as uncertain')
    .argument('<run>', 'its id')
    .option('--happened <json>', 'it took place and gave this; the run goes on')
    .option('--repeat', 'it did not take place; it is done again')
    .option('--fail', 'nobody finds out; the step counts as failed')
    .addHelpText('after', `\nExample:\n  waybill runs resolve 0193a1b2-… --happened '{"id":12}'`)
    .action(async (run: string, options: ResolveOptions) =>
      finish(await (await import('./commands/control.ts')).resolve(run, options)),
    );
  for (const [name, what, example] of [
    ['pause', 'let nothing of an account or of an automation begin or go on; what comes in is kept', 'demo'],
    ['resume', 'let what was paused go on', 'demo summarize-text'],
  ] as const)
    withRunner(program.command(name))
      .description(what)
      .argument('<account>')
      .argument('[automation]')
      .addHelpText('after', `\nExample:\n  waybill ${name} ${example}`)
      .action(async (account: string, automation: string | undefined, options: StorageOptions) =>
        finish(await (await import('./commands/control.ts')).setPaused(name, account, automation, options)),
      );
}
