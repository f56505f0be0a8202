import { Option, type Command } from 'commander';
import type { RunnerOptions } from './runner-client.ts';
import type { TryOptions } from './commands/try.ts';
import type { ExplainOptions } from './commands/explain.ts';
import type { HistoryOptions } from './commands/history.ts';
import { addControlCommands } from './control-commands.ts';
import type { DecisionOptions, EventOptions } from './commands/answer.ts';
import type { RefusalListOptions, RefusalOptions } from './commands/refusals.ts';
import type { RunOptions } from './commands/run.ts';
import type { ExportOptions } from './commands/runs-export.ts';
import type { ListOptions, ShowOptions, WaitOptions } from './commands/runs.ts';
import type { StorageOptions } from './commands/storage.ts';
import type { UrlOptions } from './commands/url.ts';
import {
  accountOption,
  automationOption,
  dataOption,
  duration,
  formatOption,
  instant,
  positive,
  workspaceOption,
} from './options.ts';

/** The commands that ask a runner that is up. */
export function addRunnerCommands(program: Command, finish: (code: number) => void): void {
  withRunner(program.command('run'))
    .description('start a run of an automation with a manual trigger, and follow it to its end')
    .argument('<account>')
    .argument('<automation>')
    .option('--input <json>', 'what the run is given')
    .option('--input-file <file>', 'the same from a file; - reads stdin')
    .option('--no-wait', 'end as soon as the run is accepted')
    .addHelpText('after', `\nExample:\n  waybill run demo greet --input '{"name":"Ada"}'`)
    .action(async (account: string, automation: string, options: RunOptions) =>
      finish(await (await import('./commands/run.ts')).run(account, automation, options)),
    );
  program
    .command('try')
    .description('run an automation with real services, with what it was given before, and show its steps')
    .argument('[automation]', 'such as demo/greet (default: the one that was committed last)')
    .option('--from <source>', 'history, sample, or a file: JSON with one record, or JSON Lines (.jsonl)', 'history')
    .option('--records <number>', 'how many at most, the newest first', positive, 1)
    .addOption(workspaceOption())
    .addOption(dataOption())
    .addHelpText(
      'after',
      '\nExamples:\n  waybill try\n  waybill try demo/greet --from sample\n  waybill try demo/greet --records 10',
    )
    .action(async (name: string | undefined, options: TryOptions) =>
      finish(await (await import('./commands/try.ts')).tryAutomation(name, options)),
    );
  withRunner(program.command('history'))
    .description('show what the runs of each account take, and how long they are kept')
    .addOption(accountOption())
    .addHelpText('after', '\nExample:\n  waybill history --account demo')
    .action(async (options: HistoryOptions) => finish(await (await import('./commands/history.ts')).history(options)));
  withRunner(program.command('explain'))
    .description(
      'say why a run failed, left a step out or had nothing to work with, or why a delivery was refused, and what to change',
    )
    .argument('[id]', 'of a run or a refused delivery (default: the newest run that failed)')
    .addOption(accountOption())
    .addOption(automationOption())
    .addHelpText(
      'after',
      '\nExamples:\n  waybill explain 0193a1b2-…\n  waybill explain --account demo\n  waybill explain 5f1c9b7e-…',
    )
    .action(async (id: string | undefined, options: ExplainOptions) =>
      finish(await (await import('./commands/explain.ts')).explain(id, options)),
    );
  program
    .command('backup')
    .description("write a runner's data into one file, also while it is up")
    .argument('<file>')
    .addOption(workspaceOption())
    .addOption(dataOption())
    .addHelpText('after', '\nExample:\n  waybill backup waybill-2026-01-31.db')
    .action(async (file: string, options: RunnerOptions) =>
      finish((await import('./commands/backup.ts')).backup(file, options)),
    );
  program
    .command('restore')
    .description('make a backup the data of a folder that has none; no runner may be up on it')
    .argument('<file>')
    .addOption(workspaceOption())
    .addOption(dataOption())
    .addHelpText('after', '\nExample:\n  waybill restore waybill-2026-01-31.db --data /var/lib/waybill')
    .action(async (file: string, options: RunnerOptions) =>
      finish((await import('./commands/backup.ts')).restore(file, options)),
    );
  const runs = program.command('runs').description('what the runner ran');
  addRuns(runs, finish);
  addAnswers(runs, finish);
  addControlCommands(program, runs, withRunner, finish);
  addRefusals(program.command('refusals').description('what webhooks were sent and refused'), finish);
  withRunner(program.command('polls'))
    .description('show what services are asked again and again, and what came of it; exit code 1 where one fails')
    .addHelpText('after', '\nExample:\n  waybill polls --format json')
    .action(async (options: StorageOptions) => finish(await (await import('./commands/polls.ts')).polls(options)));
  addStorage(program.command('storage').description('what automations stored'), finish);
  withRunner(program.command('subscriptions'))
    .description('show what services are asked to send; exit code 1 where something is not as it is wanted')
    .addHelpText('after', '\nExample:\n  waybill subscriptions --format json')
    .action(async (options: StorageOptions) =>
      finish(await (await import('./commands/subscriptions.ts')).subscriptions(options)),
    );
  withRunner(program.command('url'))
    .description("show a webhook's URL, and a curl with a body that fits, or the URL of a connection")
    .argument('<account>')
    .argument('<automation>', 'or @ and the name of a connection')
    .option('--rotate', 'give it a new URL; the old one goes on for a while, then it is gone')
    .option('--overlap <duration>', 'how long the old one goes on: 0m, 12h, 7d (default: 7d)', duration)
    .addHelpText(
      'after',
      '\nExamples:\n  waybill url demo summarize-text\n  waybill url demo @github\n  waybill url demo summarize-text --rotate --overlap 0m',
    )
    .action(async (account: string, automation: string, options: UrlOptions) =>
      finish(await (await import('./commands/url.ts')).url(account, automation, options)),
    );
}

function addRuns(runs: Command, finish: (code: number) => void): void {
  withRunner(runs.command('list'))
    .description('list runs, newest first')
    .addOption(accountOption())
    .addOption(automationOption())
    .addOption(statusOption())
    .option('--since <when>', 'only what was accepted since then: a date, a time, or 2h, 7d', instant)
    .option('--until <when>', 'only what was accepted before then', instant)
    .option('--before <run>', 'only older ones than this')
    .option('--limit <number>', 'how many at most, up to 500', positive, 20)
    .addHelpText('after', '\nExample:\n  waybill runs list --account demo --status failed')
    .action(async (options: ListOptions) => finish(await (await import('./commands/runs.ts')).list(options)));
  runs
    .command('export')
    .description('write runs with their steps as JSON Lines, newest first; what is secret is redacted')
    .addOption(workspaceOption())
    .addOption(dataOption())
    .addOption(accountOption())
    .addOption(automationOption())
    .addOption(statusOption())
    .option('--since <when>', 'only what was accepted since then: a date, a time, or 2h, 7d', instant)
    .option('--until <when>', 'only what was accepted before then', instant)
    .option('--out <file>', 'where to (default: the standard output)')
    .addHelpText('after', '\nExample:\n  waybill runs export --account demo --since 7d --out runs.jsonl')
    .action(async (options: ExportOptions) =>
      finish(await (await import('./commands/runs-export.ts')).exportRuns(options)),
    );
  withRunner(runs.command('show'))
    .description('show a run step by step')
    .argument('<run>', 'its id')
    .option('--page <page>', "the steps of one page of a long loop, such as 'each[500-999]'")
    .addHelpText(
      'after',
      "\nExamples:\n  waybill runs show 0193a1b2-…\n  waybill runs show 0193a1b2-… --page 'each[500-999]'",
    )
    .action(async (id: string, options: ShowOptions) =>
      finish(await (await import('./commands/runs.ts')).show(id, options)),
    );
  withRunner(runs.command('wait'))
    .description('follow the next run to its end; exit code 1 where it does not succeed')
    .addOption(accountOption())
    .addOption(automationOption())
    .option('--timeout <seconds>', 'wait no longer', positive)
    .addHelpText('after', '\nExample:\n  waybill runs wait --account demo --automation summarize-text')
    .action(async (options: WaitOptions) => finish(await (await import('./commands/runs.ts')).wait(options)));
}

function addRefusals(refusals: Command, finish: (code: number) => void): void {
  withRunner(refusals.command('list'))
    .description('list refused deliveries with their reasons, newest first')
    .addOption(accountOption())
    .addOption(automationOption())
    .option('--limit <number>', 'how many at most, up to 500', positive, 20)
    .addHelpText('after', '\nExample:\n  waybill refusals list --account demo')
    .action(async (options: RefusalListOptions) =>
      finish(await (await import('./commands/refusals.ts')).list(options)),
    );
  withRunner(refusals.command('show'))
    .description('show a refused delivery as it came')
    .argument('<refusal>', 'its id')
    .addHelpText('after', '\nExample:\n  waybill refusals show 7d9b2f0e-…')
    .action(async (id: string, options: RefusalOptions) =>
      finish(await (await import('./commands/refusals.ts')).show(id, options)),
    );
  withRunner(refusals.command('replay'))
    .description('take a refused delivery once more, after a fix; exit code 3 where it is refused again')
    .argument('<refusal>', 'its id')
    .addHelpText('after', '\nExample:\n  waybill refusals replay 7d9b2f0e-…')
    .action(async (id: string, options: RefusalOptions) =>
      finish(await (await import('./commands/refusals.ts')).replay(id, options)),
    );
}

function statusOption(): Option {
  const statuses = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'uncertain', 'canceled'];
  return new Option('--status <status>', 'only these').choices(statuses);
}

function addAnswers(runs: Command, finish: (code: number) => void): void {
  for (const [name, approved, what] of [
    ['approve', true, 'say yes to'],
    ['reject', false, 'say no to'],
  ] as const)
    withRunner(runs.command(name))
      .description(`${what} what a run waits for`)
      .argument('<run>', 'its id')
      .argument('<step>', 'the step that waits, as runs show names it')
      .option('--note <text>', 'what the run should know besides')
      .option('--by <name>', 'who decides (default: the user of this machine)')
      .addHelpText('after', `\nExample:\n  waybill runs ${name} 0193a1b2-… ask --note "as agreed on the phone"`)
      .action(async (run: string, step: string, options: DecisionOptions) =>
        finish(await (await import('./commands/answer.ts')).decide(run, step, approved, options)),
      );
  withRunner(runs.command('event'))
    .description('tell a run of the event that it waits for')
    .argument('<run>', 'its id')
    .argument('<step>', 'the step that waits, as runs show names it')
    .requiredOption('--payload <json>', 'what the event carries')
    .addHelpText('after', `\nExample:\n  waybill runs event 0193a1b2-… paid --payload '{"amount":12}'`)
    .action(async (run: string, step: string, options: EventOptions) =>
      finish(await (await import('./commands/answer.ts')).tell(run, step, options)),
    );
}

function addStorage(storage: Command, finish: (code: number) => void): void {
  withRunner(storage.command('get'))
    .description('print the value under a key as JSON; exit code 1 where there is none')
    .argument('<account>')
    .argument('<key>')
    .addHelpText('after', '\nExample:\n  waybill storage get demo last_summary')
    .action(async (account: string, key: string, options: StorageOptions) =>
      finish(await (await import('./commands/storage.ts')).get(account, key, options)),
    );
  withRunner(storage.command('list'))
    .description('list keys and values')
    .argument('<account>')
    .option('--prefix <text>', 'only keys that begin so')
    .option('--limit <number>', 'how many at most, up to 500', positive, 100)
    .addHelpText('after', '\nExample:\n  waybill storage list demo --prefix last_')
    .action(async (account: string, options: StorageOptions & { prefix?: string; limit: number }) =>
      finish(await (await import('./commands/storage.ts')).list(account, options)),
    );
}

function withRunner(command: Command): Command {
  return command.addOption(workspaceOption()).addOption(dataOption()).addOption(formatOption());
}
