import { RE2JS } from 're2js';
import type { Json } from '../../json/value.ts';
import { ABSENT, BOOLEAN, INTEGER, STRING, unionOf, type Type } from '../types.ts';
import { number, param, text, type LibraryFunction } from './function.ts';

const string = (): Type => STRING;
const boolean = (): Type => BOOLEAN;
const MAX_LENGTH = 1_000_000;
const PATTERN = param('pattern', STRING, { constant: badPattern });

/** The methods of texts. Places count UTF-16 code units, as in JavaScript. */
export const TEXT_METHODS: readonly LibraryFunction[] = [
  {
    name: 'trim',
    on: 'text',
    params: [],
    gives: 'text',
    doc: 'The text without white space at its ends.',
    examples: [["'  a b '.trim()", 'a b']],
    infer: string,
    evaluate: ({ self }) => text(self).trim(),
  },
  {
    name: 'toLowerCase',
    on: 'text',
    params: [],
    gives: 'text',
    doc: 'The text in small letters, by Unicode and not by language.',
    examples: [["'Ada'.toLowerCase()", 'ada']],
    infer: string,
    evaluate: ({ self }) => text(self).toLowerCase(),
  },
  {
    name: 'toUpperCase',
    on: 'text',
    params: [],
    gives: 'text',
    doc: 'The text in capitals, by Unicode and not by language.',
    examples: [["'Ada'.toUpperCase()", 'ADA']],
    infer: string,
    evaluate: ({ self }) => text(self).toUpperCase(),
  },
  {
    name: 'includes',
    on: 'text',
    params: [param('part', STRING)],
    gives: 'boolean',
    doc: 'Whether the text holds the part.',
    examples: [["'invoice 7'.includes('voice')", true]],
    infer: boolean,
    evaluate: ({ self, args: [part] }) => text(self).includes(text(part)),
  },
  {
    name: 'startsWith',
    on: 'text',
    params: [param('part', STRING)],
    gives: 'boolean',
    doc: 'Whether the text begins with the part.',
    examples: [["'invoice 7'.startsWith('in')", true]],
    infer: boolean,
    evaluate: ({ self, args: [part] }) => text(self).startsWith(text(part)),
  },
  {
    name: 'endsWith',
    on: 'text',
    params: [param('part', STRING)],
    gives: 'boolean',
    doc: 'Whether the text ends with the part.',
    examples: [["'invoice 7'.endsWith('8')", false]],
    infer: boolean,
    evaluate: ({ self, args: [part] }) => text(self).endsWith(text(part)),
  },
  {
    name: 'slice',
    on: 'text',
    params: [param('start', INTEGER), param('end', INTEGER, { optional: true })],
    gives: 'text',
    doc: 'The part from `start` up to `end`, or to the end; negative places count from the end.',
    examples: [
      ["'invoice'.slice(0, 2)", 'in'],
      ["'invoice'.slice(-3)", 'ice'],
    ],
    infer: string,
    evaluate: ({ self, args: [start, end] }) => text(self).slice(number(start), number(end, text(self).length)),
  },
  {
    name: 'split',
    on: 'text',
    params: [param('separator', STRING)],
    gives: 'list of text',
    doc: 'The parts between separators. An empty separator gives each character.',
    examples: [
      ["'a,b'.split(',')", ['a', 'b']],
      ["''.split(',')", ['']],
    ],
    infer: () => ({ kind: 'array', items: STRING }),
    evaluate: ({ self, args: [separator] }) =>
      text(separator) === '' ? Array.from(text(self)) : text(self).split(text(separator)),
  },
  {
    name: 'replaceAll',
    on: 'text',
    params: [param('part', STRING), param('by', STRING)],
    gives: 'text',
    doc: 'The text with every occurrence of the part replaced, as it is written: `$` has no meaning.',
    examples: [["'1.234.567'.replaceAll('.', '')", '1234567']],
    infer: string,
    evaluate({ self, args: [part, by], fail }) {
      const pieces = text(part) === '' ? Array.from(text(self)) : text(self).split(text(part));
      if (text(self).length + pieces.length * text(by).length > MAX_LENGTH) fail('the text would be too long');
      return pieces.join(text(by));
    },
  },
  {
    name: 'truncate',
    on: 'text',
    params: [param('length', INTEGER)],
    gives: 'text',
    doc: 'The text, cut to so many characters where it is longer; the last of them is then `…`.',
    examples: [
      ["'invoice'.truncate(4)", 'inv…'],
      ["'in'.truncate(4)", 'in'],
    ],
    infer: string,
    evaluate({ self, args: [length], fail }) {
      const most = number(length);
      if (most < 1) fail('the length must be at least 1');
      const characters = Array.from(text(self));
      return characters.length <= most ? text(self) : `${characters.slice(0, most - 1).join('')}…`;
    },
  },
  {
    name: 'padStart',
    on: 'text',
    params: [param('length', INTEGER), param('fill', STRING)],
    gives: 'text',
    doc: 'The text, filled up at its start to the length.',
    examples: [["'7'.padStart(3, '0')", '007']],
    infer: string,
    evaluate({ self, args: [length, fill], fail }) {
      if (number(length) > MAX_LENGTH) fail('the text would be too long');
      return text(self).padStart(number(length), text(fill));
    },
  },
  {
    name: 'slug',
    on: 'text',
    params: [],
    gives: 'text',
    doc: 'The text for an address: small letters and digits of ASCII, accents left out, everything else as one `-`.',
    examples: [["'Él & Co. 7'.slug()", 'el-co-7']],
    infer: string,
    evaluate: ({ self }) =>
      text(self)
        .normalize('NFKD')
        .replaceAll(/\p{M}/gu, '')
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replace(/^-/, '')
        .replace(/-$/, ''),
  },
  {
    name: 'matches',
    on: 'text',
    params: [PATTERN],
    gives: 'boolean',
    doc: 'Whether the whole text fits the regular expression (RE2 syntax, which always ends in linear time).',
    examples: [
      ["'A-17'.matches('[A-Z]-[0-9]+')", true],
      ["'A-17b'.matches('[A-Z]-[0-9]+')", false],
    ],
    infer: boolean,
    evaluate: ({ self, args: [pattern] }) => compilePattern(text(pattern)).matcher(text(self)).matches(),
  },
  {
    name: 'extract',
    on: 'text',
    params: [PATTERN],
    gives: 'text, which may be absent',
    doc: 'The first place that fits the regular expression: its first group, or all of it where it has none.',
    examples: [
      ["'order #17 of 3'.extract('#([0-9]+)')", '17'],
      ["'no number'.extract('[0-9]+') ?? 'none'", 'none'],
    ],
    infer: () => unionOf([STRING, ABSENT]),
    evaluate({ self, args: [pattern] }) {
      const matcher = compilePattern(text(pattern)).matcher(text(self));
      if (!matcher.find()) return undefined;
      return matcher.group(matcher.groupCount() > 0 ? 1 : 0) ?? undefined;
    },
  },
];

const compiled = new Map<string, RE2JS>();

/** Patterns are constants, so there are only as many as stand in plans. */
function compilePattern(pattern: string): RE2JS {
  let known = compiled.get(pattern);
  if (known === undefined) {
    known = RE2JS.compile(RE2JS.translateRegExp(pattern));
    compiled.set(pattern, known);
  }
  return known;
}

function badPattern(pattern: Json): string | undefined {
  try {
    compilePattern(text(pattern));
    return undefined;
  } catch (error) {
    return `this is not a regular expression of RE2: ${error instanceof Error ? error.message : String(error)}`;
  }
}
