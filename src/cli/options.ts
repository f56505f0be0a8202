import { InvalidArgumentError, Option, type Command } from 'commander';
import { milliseconds } from '../plan/duration.ts';

export type Format = 'text' | 'json';

export function workspaceOption(): Option {
  return new Option('--workspace <dir>', 'the workspace (default: the nearest folder upwards with waybill.json)');
}

export function formatOption(): Option {
  return new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text');
}

export function dataOption(): Option {
  return new Option('--data <dir>', "the runner's data (default: .waybill in the workspace, or here)");
}

export function accountOption(): Option {
  return new Option('--account <name>', 'only this account');
}

export function automationOption(): Option {
  return new Option('--automation <name>', 'only this automation');
}

/** Where the private keys come from. */
export interface KeyOptions {
  keys?: string;
  publicKeys?: true;
  keysCommand?: string;
  keysEnv?: string;
}

/** The options of every command that opens secrets. */
export function addKeyOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--keys <path>',
        'age private keys: a file, or a folder with <account>.txt (default: ~/.config/waybill/keys.txt)',
      ),
    )
    .addOption(new Option('--public-keys', 'the file of keys may be readable by others, as a test key in git is'))
    .addOption(
      new Option('--keys-command <command>', 'prints the private keys of the account in WAYBILL_ACCOUNT').conflicts(
        'keys',
      ),
    )
    .addOption(
      new Option('--keys-env <name>', 'the environment variable that holds the private keys').conflicts([
        'keys',
        'keysCommand',
      ]),
    );
}

/** Of the commands that are a runner until they are interrupted. */
export function addRunnerProcessOptions(command: Command): Command {
  return addKeyOptions(command)
    .option('--port <port>', 'where to listen; 0 takes a free port', '8080')
    .option('--host <address>', 'where to listen; beyond this machine only with --public-url and a token', '127.0.0.1')
    .option(
      '--public-url <url>',
      'where browsers and senders of webhooks reach the runner, if a proxy stands before it',
    )
    .option('--max-queued <runs>', 'runs that may wait before webhooks are answered 503', positive, 500_000)
    .option('--max-queued-per-account <runs>', 'the same for the runs of one account', positive, 100_000)
    .option('--proxies <number>', 'how many proxies stand one behind the other before the runner', positive, 1)
    .option(
      '--audit-keep <duration>',
      'how long the audit log keeps an entry, such as 400d (default: for good)',
      duration,
    )
    .option('--audit-max <number>', 'how many entries the audit log keeps; the oldest go first', positive)
    .addOption(rerouteOption())
    .addOption(allowPrivateOption());
}

export function rerouteOption(): Option {
  return several('--reroute <service=url>', 'send calls of a service elsewhere; may be given several times');
}

export function allowPrivateOption(): Option {
  return several(
    '--allow-private <host>',
    'let calls go to this host, name or address, though it is private; may be given several times',
  );
}

function several(flags: string, description: string): Option {
  return new Option(flags, description)
    .argParser((value: string, all: string[]) => [...all, value])
    .default([], 'none');
}

/** Reads a whole number of at least 1. */
export function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number of at least 1.');
  return number;
}

/** Minutes, hours or days. */
const SPAN = /^\d{1,6}[mhd]$/;

/** Reads an instant: an ISO 8601 date or date-time, or how long ago, such as `30m`, `2h` and `7d`. Gives ISO 8601 in UTC. */
export function instant(text: string): string {
  const time = SPAN.test(text) ? Date.now() - milliseconds(text) : Date.parse(text);
  if (Number.isNaN(time))
    throw new InvalidArgumentError('It must be a date, a date with a time, or how long ago: 2026-01-31, 2h, 7d.');
  return new Date(time).toISOString();
}

/** Reads a duration, such as `30m`, `2h` and `7d`. Gives seconds. */
export function duration(text: string): number {
  if (!SPAN.test(text)) throw new InvalidArgumentError('It must be a number of minutes, hours or days: 30m, 2h, 7d.');
  return milliseconds(text) / 1000;
}

/** Reads a number from 0 to 100. */
export function percent(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 0 && number <= 100))
    throw new InvalidArgumentError('It must be a number from 0 to 100.');
  return number;
}
