import { Option, type Command } from 'commander';
import type { ManyOptions, ReplayOptions, ResolveOptions } from './commands/control.ts';
import type { StorageOptions } from './commands/storage.ts';
import { accountOption, automationOption, instant, positive } from './options.ts';

/** The commands by which people decide of runs. `withRunner` adds the options that name a runner. */
export function addControlCommands(
  program: Command,
  runs: Command,
  withRunner: (command: Command) => Command,
  finish: (code: number) => void,
): void {
  withMany(withRunner(runs.command('cancel')), ['queued', 'running', 'waiting'])
    .description('end a run, or many; what is under way may end, nothing more begins')
    .argument('[run]', 'its id; without it, those that --account and --status name')
    .addHelpText(
      'after',
      '\nExamples:\n  waybill runs cancel 0193a1b2-…\n  waybill runs cancel --account demo --automation sync --status queued',
    )
    .action(async (run: string | undefined, options: ManyOptions) =>
      finish(await (await import('./commands/control.ts')).cancel(run, options)),
    );
  withMany(withRunner(runs.command('retry')))
    .description(
      'let runs that failed go on from what failed, with the plan that they began with; what ended well is kept',
    )
    .argument('[runs...]', 'their ids; without them, those that --account names and that were not replayed')
    .addHelpText(
      'after',
      '\nExamples:\n  waybill runs retry 0193a1b2-…\n  waybill runs retry --account demo --since 2h',
    )
    .action(async (ids: string[], options: ManyOptions) =>
      finish(await (await import('./commands/control.ts')).retry(ids, options)),
    );
  withMany(withRunner(runs.command('replay')), ['failed', 'uncertain', 'canceled'])
    .description('run again what a run was given, with the plan that is deployed now; or many that did not succeed')
    .argument('[run]', 'its id; without it, those that --account and --status name and that were not replayed yet')
    .option('--from <step>', 'do not do again what was done before this step')
    .option('--trigger <json>', 'what the run is given instead, such as {"body":{…}}')
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

/** The options that name many runs. Without `statuses` all have the same. */
function withMany(command: Command, statuses?: readonly string[]): Command {
  command.addOption(accountOption()).addOption(automationOption());
  if (statuses !== undefined) command.addOption(new Option('--status <status>', 'only these').choices(statuses));
  return command
    .option('--since <when>', 'only what was accepted since then: a date, a time, or 2h, 7d', instant)
    .option('--until <when>', 'only what was accepted before then', instant)
    .option('--limit <number>', 'how many at most, the newest, up to 500', positive, 100);
}
