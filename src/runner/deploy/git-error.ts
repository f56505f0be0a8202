/** What git said, in a line, with the way out where the reason is a common one. */
export function describeGitError(error: unknown, repository: string, aim: 'fetched' | 'pushed to' = 'fetched'): string {
  const said = error instanceof Error ? error.message : String(error);
  if (/ENOENT/.test(said)) return 'git is not installed';
  // Progress is written over itself, with carriage returns.
  const lines = said
    .split(/[\r\n]+/)
    .map((line) => line.trim().replace(/\.$/, ''))
    .filter(
      (line) => /^(!|fatal|error|remote|ssh|Host key|Permission|block timeout)/i.test(line) || line.includes(': '),
    );
  const words = [...new Set(lines)].slice(0, 3).join('; ') || said.trim() || 'git gave no reason';
  const hint = HINTS.find(({ pattern }) => pattern.test(said))?.hint(aim === 'fetched' ? 'read' : 'write to');
  return `${repository} cannot be ${aim}: ${words}${hint === undefined ? '' : `. ${hint}`}`;
}

const HINTS: readonly { pattern: RegExp; hint: (right: string) => string }[] = [
  {
    pattern: /could not read (Username|Password)|Authentication failed|\b40[13]\b/,
    hint: (right) => `Give a token that may ${right} it: --token-file`,
  },
  { pattern: /Permission denied \(/, hint: (right) => `Give a key that may ${right} it: --ssh-key` },
  { pattern: /Host key verification failed/, hint: () => 'Add the host’s key to ~/.ssh/known_hosts of this user' },
  { pattern: /dubious ownership/, hint: () => 'Let git trust it: git config --global --add safe.directory' },
  { pattern: /block timeout/, hint: () => 'The host stopped answering' },
];
