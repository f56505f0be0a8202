import { createHash } from 'node:crypto';

/** A text that looks like a credential. */
export interface FoundCredential {
  /** Whose key it looks like. */
  kind: string;
  /** Offsets in the text. */
  start: number;
  end: number;
  /** Names the value without telling it: the first 16 hex digits of its SHA-256. */
  fingerprint: string;
}

/** How the keys of a service look: a beginning that nothing else has, and what follows. */
export interface CredentialPattern {
  kind: string;
  /** A regular expression of plain JavaScript, without groups that capture. */
  source: string;
  /** Whether a text that fits `source` is one. */
  accepts?: (text: string) => boolean;
}

/**
 * Keys of well-known services, as the services document them. Each has a fixed beginning and a length, so that next to
 * nothing else looks alike.
 */
export const KNOWN_CREDENTIALS: readonly CredentialPattern[] = [
  { kind: 'an age private key', source: 'AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{50,}' },
  { kind: 'a private key', source: '-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----' },
  { kind: 'a token of a Waybill runner', source: 'wbt_[A-Za-z0-9_-]{43}' },
  { kind: 'a key of Anthropic', source: 'sk-ant-[a-z]+[0-9]{2}-[A-Za-z0-9_-]{40,}' },
  { kind: 'a key of OpenAI', source: 'sk-(?:[a-z]+-)?[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,}' },
  { kind: 'a token of GitHub', source: 'gh[pousr]_[A-Za-z0-9]{36}' },
  { kind: 'a token of GitHub', source: 'github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}' },
  { kind: 'a token of GitLab', source: 'glpat-[A-Za-z0-9_-]{20}' },
  { kind: 'a token of Slack', source: 'xox[abeprs]-[A-Za-z0-9-]{20,}' },
  { kind: 'a token of Slack', source: 'xapp-[0-9]-[A-Za-z0-9-]{20,}' },
  { kind: 'a webhook of Slack', source: 'https://hooks\\.slack\\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{20,}' },
  { kind: 'a key of Stripe', source: '[sr]k_(?:live|test)_[A-Za-z0-9]{20,}' },
  { kind: 'a signing secret', source: 'whsec_[A-Za-z0-9+/]{24,}={0,2}' },
  { kind: 'an access key of AWS', source: '(?:AKIA|ASIA)[A-Z2-7]{16}' },
  { kind: 'a key of Google', source: 'AIza[A-Za-z0-9_-]{35}' },
  { kind: 'a client secret of Google', source: 'GOCSPX-[A-Za-z0-9_-]{28}' },
  { kind: 'a key of SendGrid', source: 'SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}' },
  { kind: 'a token of Shopify', source: 'shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}' },
  { kind: 'a token of HubSpot', source: 'pat-[a-z]{2}[0-9]-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}' },
  { kind: 'a token of Notion', source: 'ntn_[A-Za-z0-9]{40,}' },
  { kind: 'a token of Airtable', source: 'pat[A-Za-z0-9]{14}\\.[0-9a-f]{64}' },
  { kind: 'a token of npm', source: 'npm_[A-Za-z0-9]{36}' },
  { kind: 'a token of DigitalOcean', source: 'do[opr]_v1_[0-9a-f]{64}' },
  { kind: 'a key of Linear', source: 'lin_api_[A-Za-z0-9]{40}' },
];

/** Shorter texts that fit a connector's own pattern are examples. */
const MIN_LENGTH = 16;

/**
 * How a connector's secret field looks, by its own pattern, where that begins with a text that says whose it is;
 * `undefined` where it does not: too much would look alike. `matches` decides whether a whole text fits the pattern.
 */
export function fieldCredential(
  kind: string,
  pattern: string,
  matches: (text: string) => boolean,
): CredentialPattern | undefined {
  const [, beginning = '', next = ''] = /^\^?([A-Za-z0-9_-]+)(.?)/.exec(pattern) ?? [];
  const sure = /[?*{]/.test(next) ? beginning.slice(0, -1) : beginning;
  if (sure.length < 4 || next === '|') return undefined;
  return {
    kind,
    source: `${sure}[A-Za-z0-9_.~+/=:-]{8,}`,
    accepts: (text) => text.length >= MIN_LENGTH && matches(text),
  };
}

/** Finds texts that look like credentials. */
export class CredentialFinder {
  private readonly patterns: readonly CredentialPattern[];
  private readonly expression: RegExp;
  /** Without groups, this tells in half the time that a text has none, as nearly all have. */
  private readonly any: RegExp;

  constructor(patterns: readonly CredentialPattern[]) {
    this.patterns = patterns;
    // One expression for all goes through a text once.
    const sources = patterns.map(({ source }) => source);
    this.expression = new RegExp(`(?<![A-Za-z0-9_-])(?:${sources.map((source) => `(${source})`).join('|')})`, 'g');
    this.any = new RegExp(sources.join('|'));
  }

  find(text: string): FoundCredential[] {
    if (!this.any.test(text)) return [];
    return [...text.matchAll(this.expression)].flatMap((match) => {
      const [value] = match;
      const { kind, accepts } = this.patterns[match.slice(1).findIndex((group) => group !== undefined)] ?? {};
      if (kind === undefined || accepts?.(value) === false) return [];
      const fingerprint = createHash('sha256').update(value).digest('hex').slice(0, 16);
      return [{ kind, start: match.index, end: match.index + value.length, fingerprint }];
    });
  }
}
