/** What git said, in a line, with the way out where the reason is a common one. */
export function describeGitError(error: unknown, repository: string): string {
  const said = error instanceof Error ? error.message : String(error);
  if (/ENOENT/.test(said)) return 'git is not installed';
  // Progress is written over itself, with carriage returns.
  const lines = said
    .split(/[\r\n]+/)
    .map((line) => line.trim().replace(/\.$/, ''))
    .filter((line) => /^(fatal|error|remote|ssh|Host key|Permission|block timeout)/i.test(line) || line.includes(': '));
  const words = [...new Set(lines)].slice(0, 3).join('; ') || said.trim() || 'git gave no reason';
  const hint = HINTS.find(({ pattern }) => pattern.test(said))?.hint;
  return `${repository} cannot be fetched: ${words}${hint === undefined ? '' : `. ${hint}`}`;
}

const HINTS: readonly { pattern: RegExp; hint: string }[] = [
  {
    pattern: /could not read (Username|Password)|Authentication failed|\b40[13]\b/,
    hint: 'Give a token that may read it: --token-file',
  },
  { pattern: /Permission denied \(/, hint: 'Give a key that the host knows: --ssh-key' },
  { pattern: /Host key verification failed/, hint: 'Add the host’s key to ~/.ssh/known_hosts of this user' },
  { pattern: /dubious ownership/, hint: 'Let git trust it: git config --global --add safe.directory' },
  { pattern: /block timeout/, hint: 'The host stopped answering' },
];
