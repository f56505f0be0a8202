/** The name of the file in which real sops looks for its rules. */
export const SOPS_CONFIG = '.sops.yaml';

const HEADER =
  '# Written by `waybill secrets updatekeys`: for real sops, one rule an account and nothing that catches the rest.\n';

/**
 * Rules for real sops: for each account's folder and each shared credential's file, and nothing else, the recipients
 * (https://getsops.io/docs/).
 */
export function sopsRules(
  accounts: ReadonlyMap<string, readonly string[]>,
  shared: ReadonlyMap<string, readonly string[]>,
): string {
  const rules = [
    ...[...accounts].map(([account, recipients]) => sopsRule(account, recipients)),
    ...[...shared].map(([name, recipients]) => sharedSopsRule(name, recipients)),
  ];
  return `${HEADER}creation_rules:${rules.length === 0 ? ' []\n' : `\n${rules.join('')}`}`;
}

/** The rule of one account. */
export function sopsRule(account: string, recipients: readonly string[]): string {
  return ruleOf(`${account.replace(/[^A-Za-z0-9_-]/g, '\\$&')}/[^/]+`, recipients);
}

/** The rule of one credential that accounts share; each has recipients of its own. */
export function sharedSopsRule(name: string, recipients: readonly string[]): string {
  return ruleOf(`shared/${name}`, recipients);
}

function ruleOf(file: string, recipients: readonly string[]): string {
  const path = `^secrets/${file}\\.json$`;
  return [
    `  - path_regex: '${path.replaceAll("'", "''")}'\n`,
    '    unencrypted_suffix: _unencrypted\n',
    `    age: ${recipients.join(',')}\n`,
  ].join('');
}

/** Whether nothing stands in the file but rules as we write them: sops takes the first one that fits a path. */
export function hasOnlyOurRules(text: string): boolean {
  return /^creation_rules:(?: \[\])?$/.test(text.replace(HEADER, '').replaceAll(RULE, '').trim());
}

const RULE =
  / {2}- path_regex: '\^secrets\/(?:(?:\\.|''|[\w-])+\/\[\^\/\]\+|shared\/[a-z0-9_-]+)\\\.json\$'\n {4}unencrypted_suffix: _unencrypted\n {4}age: [a-z0-9,]+\n/g;
