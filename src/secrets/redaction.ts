import { ExactNumber, isJsonObject, type Json } from '../json/value.ts';

const REPLACEMENT = '[redacted]';
/** Shorter texts stand everywhere: replacing them would garble what is shown and tell where they are. */
const MIN_LENGTH = 6;

/** Takes known secrets out of what is shown. What is stored is never altered. */
export class Redactor {
  private readonly secrets = new Set<string>();
  private pattern: RegExp | undefined;

  /** Makes a secret known, in the forms in which it can turn up. */
  add(secret: string): void {
    if (secret.length < MIN_LENGTH || this.secrets.has(secret)) return;
    this.secrets.add(secret);
    const forms = [...this.secrets].flatMap(formsOf).toSorted((left, right) => right.length - left.length);
    this.pattern = new RegExp([...new Set(forms)].map((form) => RegExp.escape(form)).join('|'), 'g');
  }

  /** The text without any known secret. */
  text(value: string): string {
    return this.pattern === undefined ? value : value.replace(this.pattern, REPLACEMENT);
  }

  /** The value with every text and key without any known secret; the value itself where there is none. */
  json(value: Json): Json {
    return this.pattern !== undefined && occursIn(this.pattern, value) ? this.cleaned(value) : value;
  }

  private cleaned(value: Json): Json {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.cleaned(item));
    if (typeof value === 'number' || value instanceof ExactNumber)
      return this.text(String(value)) === String(value) ? value : REPLACEMENT;
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.cleaned(item)]));
  }
}

function occursIn(pattern: RegExp, value: Json): boolean {
  if (typeof value === 'string') return value.search(pattern) !== -1;
  if (typeof value === 'number' || value instanceof ExactNumber) return String(value).search(pattern) !== -1;
  if (Array.isArray(value)) return value.some((item) => occursIn(pattern, item));
  if (!isJsonObject(value)) return false;
  return Object.keys(value).some((key) => key.search(pattern) !== -1 || occursIn(pattern, value[key] ?? null));
}

/** As it is, and as services, proxies and programs write it into what they answer and log. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const percent = encodeURIComponent(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const ascii = json.replace(/[\u0080-\uffff]/g, escapeUnicode);
  const html = secret.replace(/[&<>"]/g, (character) => HTML_ESCAPES[character] ?? character);
  return [
    secret,
    ...[percent, percent.replace(/[!'()*]/g, escapePercent), new URLSearchParams({ s: secret }).toString().slice(2)]
      // RFC 3986 takes both cases for the same.
      .flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())]),
    ...[json, ascii].flatMap((form) => [form, form.replaceAll('/', '\\/')]),
    ...['&#39;', '&#x27;', '&apos;'].map((apostrophe) => html.replaceAll("'", apostrophe)),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...[0, 1, 2].flatMap((before) => base64Within(bytes, before)),
  ].filter((form) => form.length >= MIN_LENGTH);
}

const HTML_ESCAPES: { [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapePercent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function escapeUnicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** What is sure to stand in the base64 of a longer text that holds the secret after so many bytes (modulo 3). */
function base64Within(bytes: Buffer, before: number): string[] {
  const encoded = Buffer.concat([Buffer.alloc(before), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const start = before === 0 ? 0 : before + 1;
  // The last character also holds bits of whatever follows.
  const end = (before + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1;
  const sure = encoded.slice(start, end);
  return [sure, sure.replaceAll('+', '-').replaceAll('/', '_')];
}
