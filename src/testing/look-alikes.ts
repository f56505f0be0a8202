import { createHmac } from 'node:crypto';
import { ExactNumber, isJsonObject, type Json } from '../json/value.ts';

/** Runs of letters and digits, in which everything personal stands; what is between them says only how it is written. */
const TOKEN = /[\p{L}\p{N}\p{M}]+/gu;
/** What is a date or a time of day stays: another one might be none, or change what an automation does. */
const DATE =
  /\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?|\b\d\d?[/.]\d\d?[/.]\d{4}\b|\b\d\d?:\d\d(?::\d\d)?\b/;
/** Nine digits or more, as phone numbers are written. */
const PHONE = /\+?\d(?:[ ().-]{0,2}\d){8,14}(?![\p{L}\p{N}])/u;
const PARTS = new RegExp(`(${DATE.source})|(${PHONE.source})|(${TOKEN.source})`, 'gu');

/** Digits at the end of a phone number that are replaced; those before say the country and the kind of number. */
const PHONE_END = 6;
/** Shorter words and numbers tell nobody from another. */
const SHORT_WORD = 2;
const SHORT_NUMBER = 3;
const COMMON = new Set(['http', 'https', 'mailto', 'www', 'com', 'org', 'net', 'true', 'false', 'null', 'redacted']);

const VOWELS = 'aeiou';
const CONSONANTS = 'bcdfghjklmnpqrstvwxyz';
const DIGITS = '0123456789';
const HEX_LETTERS = 'abcdef';

/**
 * Replaces texts and numbers by others of the same shape: a letter by a letter, a digit by a digit. The same word or number
 * gets the same one wherever it stands, also within a text, and different ones get different ones. Words that are known,
 * such as those of the automation, stay; dates stay.
 */
export class LookAlikes {
  private readonly key: string;
  private readonly known: Set<string>;
  private readonly replaced = new Map<string, string>();
  private readonly taken = new Set<string>();

  /** `key`: whoever does not know it cannot try which word gives which. `known`: texts whose words stay. */
  constructor(key: string, known: string) {
    this.key = key;
    this.known = new Set([...COMMON, ...(known.toLowerCase().match(TOKEN) ?? [])]);
  }

  of(value: Json): Json {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return this.number(value);
    if (value instanceof ExactNumber) return new ExactNumber(this.text(value.text));
    if (Array.isArray(value)) return value.map((item) => this.of(item));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [this.text(name), this.of(item)]));
  }

  private text(text: string): string {
    return text.replace(PARTS, (part: string, date?: string, phone?: string) => {
      if (date !== undefined) return part;
      return phone === undefined ? this.token(part) : this.phone(part);
    });
  }

  /** One with an exponent is so large or so small that nobody is known by it. */
  private number(value: number): number {
    const written = String(value);
    return written.includes('e') ? value : Number(this.text(written));
  }

  /** By its last digits alone, so that a number with its country's code and the same without it stay the same. */
  private phone(text: string): string {
    const digits = text.replace(/\D/g, '');
    const end = this.lookAlike(digits.slice(-PHONE_END));
    let left = digits.length;
    return text.replace(/\d/g, (digit) => {
      const place = PHONE_END - left--;
      return place < 0 ? digit : (end[place] ?? digit);
    });
  }

  private token(token: string): string {
    const word = token.toLowerCase();
    if (this.known.has(word)) return token;
    if (/^\d+$/.test(token)) {
      // The first digit stays, so that an amount keeps its size.
      return token.length <= SHORT_NUMBER ? token : token.slice(0, 1) + this.lookAlike(token.slice(1));
    }
    return word.length <= SHORT_WORD || word.length !== token.length ? token : inCaseOf(token, this.lookAlike(word));
  }

  /** The same one for the same word; one that no other word has got. */
  private lookAlike(word: string): string {
    const before = this.replaced.get(word);
    if (before !== undefined) return before;
    let made = word;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const chance = createHmac('sha512', this.key).update(`${attempt} ${word}`).digest();
      made = shapedLike(word, chance);
      if (made !== word && !this.taken.has(made) && !this.known.has(made)) break;
    }
    this.replaced.set(word, made);
    this.taken.add(made);
    return made;
  }
}

/** Among so many, one is found for all but the shortest words. */
const MAX_ATTEMPTS = 1000;

function shapedLike(word: string, chance: Buffer): string {
  const hex = /^[\da-f]*\d[\da-f]*$/.test(word);
  return Array.from(word, (character, index) => {
    const number = chance.readUInt16BE((index * 2) % (chance.length - 1));
    if (hex && HEX_LETTERS.includes(character)) return pick(HEX_LETTERS, number);
    const alphabet = [VOWELS, CONSONANTS, DIGITS].find((one) => one.includes(character));
    return alphabet === undefined ? neighbour(character, number) : pick(alphabet, number);
  }).join('');
}

function pick(alphabet: string, number: number): string {
  return alphabet.charAt(number % alphabet.length);
}

/** A letter of the same kind near a letter that is none of English; what is no letter stays. */
function neighbour(character: string, number: number): string {
  const kind = LETTER_KINDS.find((one) => one.test(character));
  if (kind === undefined) return character;
  const code = character.codePointAt(0) ?? 0;
  for (let step = 1 + (number % 8); step <= 24; step++) {
    for (const candidate of [code + step, code - step].map((one) => String.fromCodePoint(one)))
      if (kind.test(candidate) && hasCases(candidate) === hasCases(character)) return candidate;
  }
  return character;
}

/** Whether it is a small letter that has a capital, which has it. */
function hasCases(letter: string): boolean {
  const capital = letter.toUpperCase();
  return capital !== letter && /^\p{Lu}$/u.test(capital) && capital.toLowerCase() === letter;
}

const LETTER_KINDS = [/^\p{Ll}$/u, /^\p{Lo}$/u];

/** Capitals where the other text has them. */
function inCaseOf(model: string, text: string): string {
  const letters = Array.from(model);
  return Array.from(text, (letter, index) => {
    const like = letters[index] ?? '';
    if (like === like.toLowerCase()) return letter;
    // A few letters have a capital of several letters, none of their own, or are between a capital and a small one.
    return hasCases(letter) && /^\p{Lu}$/u.test(like) ? letter.toUpperCase() : like;
  }).join('');
}
