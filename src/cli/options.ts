import { InvalidArgumentError, Option } from 'commander';

export type Format = 'text' | 'json';

export function workspaceOption(): Option {
  return new Option('--workspace <dir>', 'the workspace (default: the nearest folder upwards with waybill.json)');
}

export function formatOption(): Option {
  return new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text');
}

export function dataOption(): Option {
  return new Option('--data <dir>', "the runner's data (default: .waybill in the workspace)");
}

export function accountOption(): Option {
  return new Option('--account <name>', 'only this account');
}

export function automationOption(): Option {
  return new Option('--automation <name>', 'only this automation');
}

/** Reads a whole number of at least 1. */
export function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number of at least 1.');
  return number;
}
