import { parseExpression, type Expression } from './expression.ts';
import type { Problem } from './problem.ts';

/** A string of a mapping, taken apart. */
export interface Template {
  /** Texts as they stand, and expressions; an expression that cannot be used is left out and has a problem. */
  readonly parts: readonly (string | Expression)[];
  /** The string is one expression and nothing else: it keeps the value's type. Otherwise it makes a text. */
  whole: boolean;
  /** Code points of the texts around the expressions. */
  textLength: number;
  readonly problems: readonly Problem[];
}

const OPEN = '${{';
const CLOSE = /\s*\}\}/y;

/** True where the string holds at least one `${{`. */
export function hasExpression(text: string): boolean {
  return text.includes(OPEN);
}

/** What is surely meant to be an expression: `{{ trigger.… }}`, `${ steps.… }`, `$ {{ trigger.… }}`, n8n's `{{ $json.… }}`. */
const ALMOST = /\$? ?\{\{\s*(?:(?:trigger|steps)\s*\??\.|\$(?:json|node)\b)|\$\{\s*(?:trigger|steps)\s*\??\./g;

/** True where the string holds an expression, or what is surely meant to be one. */
export function mayHoldExpression(text: string): boolean {
  return text.includes('{') && (hasExpression(text) || text.search(ALMOST) !== -1);
}

/** Templates that were parsed last: the same text stands in many files, and is inferred and compiled. */
const parsed = new Map<string, Template>();
const MAX_PARSED = 1000;

/** Takes a string apart. The expression's own syntax says where it ends, so `}}` inside of a text does not end it. */
export function parseTemplate(text: string): Template {
  let template = parsed.get(text);
  if (template === undefined) {
    template = parse(text);
    if (parsed.size >= MAX_PARSED) parsed.clear();
    parsed.set(text, template);
  }
  return template;
}

function parse(text: string): Template {
  const parts: (string | Expression)[] = [];
  const problems: Problem[] = [];
  let position = 0;
  let expressions = 0;
  while (position < text.length) {
    const open = text.indexOf(OPEN, position);
    const end = open === -1 ? text.length : open;
    if (end > position) parts.push(text.slice(position, end));
    problems.push(...almostExpressions(text.slice(position, end), position));
    if (open === -1) break;
    expressions++;
    const found = parseExpression(text, open + OPEN.length);
    problems.push(...found.problems);
    if (found.expression !== undefined) parts.push(found.expression);
    CLOSE.lastIndex = found.end;
    if (!CLOSE.test(text)) {
      if (found.problems.length === 0) problems.push(unclosed(text, found.end));
      // Go on after the next end, so that further expressions of the string are read too.
      const next = text.indexOf('}}', open);
      position = next === -1 ? text.length : next + 2;
    } else {
      position = CLOSE.lastIndex;
    }
  }
  const whole = expressions === 1 && parts.length === 1 && typeof parts[0] !== 'string';
  return { parts, whole, textLength: lengthOfTexts(parts), problems };
}

function almostExpressions(text: string, offset: number): Problem[] {
  return Array.from(text.matchAll(ALMOST), ({ index, 0: { length } }) => ({
    code: 'syntax',
    message: 'this stays a text as it is written',
    start: offset + index,
    end: offset + index + length,
    help: "an expression is written `${{ … }}`; where the text is meant: `${{ '…' }}`",
  }));
}

function lengthOfTexts(parts: Template['parts']): number {
  let length = 0;
  for (const part of parts) {
    if (typeof part === 'string') for (const _ of part) length++;
  }
  return length;
}

function unclosed(text: string, end: number): Problem {
  const at = end + (/^\s*/.exec(text.slice(end))?.[0].length ?? 0);
  return {
    code: 'syntax',
    message: at === text.length ? 'the expression is not closed' : 'the expression should end here',
    start: at,
    end: Math.min(at + 1, text.length),
    help: 'an expression is written `${{ … }}`',
  };
}
