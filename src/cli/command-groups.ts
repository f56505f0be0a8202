import type { Command } from 'commander';

/** The commands as `waybill --help` shows them: in the order in which one comes to need them. */
const GROUPS: { [heading: string]: string[] } = {
  'Write:': ['init', 'check', 'test', 'plan', 'connector', 'schema', 'doctor'],
  'Connect:': ['connect', 'oauth', 'secrets'],
  'Run:': ['dev', 'serve', 'deploy', 'run', 'try', 'pause', 'resume', 'backup', 'restore'],
  'Look:': ['runs', 'explain', 'refusals', 'url', 'subscriptions', 'polls', 'storage', 'history'],
  'Access:': ['tokens', 'audit'],
};

/** Puts the commands under headings. One that is in none stands under `Commands:`. */
export function groupCommands(program: Command): void {
  for (const [heading, names] of Object.entries(GROUPS))
    for (const command of program.commands) if (names.includes(command.name())) command.helpGroup(heading);
}
