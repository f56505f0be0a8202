import { BOOLEAN, STRING } from '../types.ts';
import type { TextMethod } from './method.ts';

const TEXT_ARGUMENT = { kind: 'value', type: STRING } as const;

/** The methods of texts. */
export const TEXT_METHODS: readonly TextMethod[] = [
  {
    name: 'trim',
    on: 'string',
    signature: 'text.trim(): string',
    doc: 'The text without white space at its ends.',
    params: [],
    infer: () => STRING,
    evaluate: (text) => text.trim(),
  },
  {
    name: 'toLowerCase',
    on: 'string',
    signature: 'text.toLowerCase(): string',
    doc: 'The text in small letters, by Unicode and not by language.',
    params: [],
    infer: () => STRING,
    evaluate: (text) => text.toLowerCase(),
  },
  {
    name: 'toUpperCase',
    on: 'string',
    signature: 'text.toUpperCase(): string',
    doc: 'The text in capitals, by Unicode and not by language.',
    params: [],
    infer: () => STRING,
    evaluate: (text) => text.toUpperCase(),
  },
  {
    name: 'includes',
    on: 'string',
    signature: 'text.includes(part: string): boolean',
    doc: 'Whether the text holds the part.',
    params: [TEXT_ARGUMENT],
    infer: () => BOOLEAN,
    evaluate: (text, [part]) => typeof part === 'string' && text.includes(part),
  },
];
