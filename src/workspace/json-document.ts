import { findNodeAtLocation, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import type { Diagnostic, Range } from '../diagnostics/diagnostic.ts';
import { CODES, type Code } from '../diagnostics/registry.ts';
import { isExact } from '../json/parse.ts';
import { MAX_DEPTH, parsePlain } from './plain-json.ts';
import { formatPointer, type PointerToken } from '../json/pointer.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { lineStartsOf, positionAt } from './text-position.ts';

const STRICT = { disallowComments: true, allowTrailingComma: false };

/** A JSON file with the place of every value in it. */
export class JsonDocument {
  readonly file: string;
  readonly text: string;
  readonly value: Json;
  private parsed: Node | undefined;
  private starts: number[] | undefined;

  constructor(file: string, text: string, value: Json) {
    this.file = file;
    this.text = text;
    this.value = value;
  }

  /** The place of the value, or of the nearest one above it that exists; of its key, where `what` says so. */
  rangeOf(path: readonly PointerToken[], what: 'value' | 'key' = 'value'): Range {
    const node = findNodeAtLocation(this.root(), [...path]);
    if (node === undefined) return path.length === 0 ? this.range(0, 0) : this.rangeOf(path.slice(0, -1), 'key');
    const key = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
    const shown = what === 'key' && key !== undefined ? key : node;
    return this.range(shown.offset, what === 'key' && key === undefined ? 1 : shown.length);
  }

  /** The place within a string value of the offsets `start` to `end` of its decoded text. */
  rangeInString(path: readonly PointerToken[], start: number, end: number): Range {
    const node = findNodeAtLocation(this.root(), [...path]);
    if (node?.type !== 'string') return this.rangeOf(path);
    const from = this.sourceOffset(node.offset + 1, start);
    return this.range(from, Math.max(this.sourceOffset(node.offset + 1, end) - from, 1));
  }

  /** A finding about a value of this file. */
  diagnostic(
    code: Code,
    path: readonly PointerToken[],
    message: string,
    more: { help?: string | undefined; range?: Range } = {},
  ): Diagnostic {
    return {
      code,
      severity: CODES[code].severity,
      message,
      file: this.file,
      pointer: formatPointer(path),
      range: more.range ?? this.rangeOf(path),
      ...(more.help === undefined ? {} : { help: more.help }),
    };
  }

  /** Where the character at an offset of the decoded text stands in the file: an escape takes several. */
  private sourceOffset(begin: number, offset: number): number {
    let position = begin;
    for (let decoded = 0; decoded < offset; decoded++) {
      if (this.text.charAt(position) !== '\\') position += 1;
      else position += this.text.charAt(position + 1) === 'u' ? 6 : 2;
    }
    return position;
  }

  private range(offset: number, length: number): Range {
    this.starts ??= lineStartsOf(this.text);
    return { start: positionAt(this.starts, offset), end: positionAt(this.starts, offset + length) };
  }

  /** Places are only asked for where something is found: most files never need their tree. */
  private root(): Node {
    this.parsed ??= parseTree(this.text, [], STRICT);
    if (this.parsed === undefined) throw new TypeError(`${this.file} was JSON before`);
    return this.parsed;
  }
}

export interface ParsedDocument {
  /** Absent where the text is not JSON. */
  document?: JsonDocument;
  diagnostics: Diagnostic[];
}

/** Reads a file as strict JSON (RFC 8259): no comments, no trailing commas, no key twice, no number that would change. */
export function parseDocument(file: string, source: string): ParsedDocument {
  const text = source.startsWith('\ufeff') ? source.slice(1) : source;
  const plain = parsePlain(text);
  if (plain !== undefined) return { document: new JsonDocument(file, text, plain), diagnostics: [] };
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, STRICT);
  if (root === undefined || errors.length > 0) return { diagnostics: syntaxDiagnostics(file, text, errors) };
  const findings: Finding[] = [];
  const value = toValue(root, text, [], findings);
  const document = new JsonDocument(file, text, value);
  const diagnostics = findings.map(({ code, path, message, help, what }) =>
    document.diagnostic(code, path, message, { help, range: document.rangeOf(path, what) }),
  );
  return findings.some(({ code }) => code === 'WB1001') ? { diagnostics } : { document, diagnostics };
}

interface Finding {
  code: Code;
  path: PointerToken[];
  message: string;
  help: string;
  what: 'value' | 'key';
}

function syntaxDiagnostics(file: string, text: string, errors: readonly ParseError[]): Diagnostic[] {
  const starts = lineStartsOf(text);
  return firstOfEach(errors, starts).map(({ error, offset, length }) => ({
    code: 'WB1001',
    severity: 'error',
    message: text.trim() === '' ? 'the file is empty' : `the file is not JSON: ${inWords(printParseErrorCode(error))}`,
    file,
    pointer: '',
    range: { start: positionAt(starts, offset), end: positionAt(starts, offset + Math.max(length, 1)) },
    help: 'JSON has no comments and no comma after the last entry; names and texts stand in double quotes',
  }));
}

/** What is found close behind an error mostly follows from it. */
function firstOfEach(errors: readonly ParseError[], starts: readonly number[]): ParseError[] {
  let last = Number.NEGATIVE_INFINITY;
  const first = errors.filter(({ offset }) => {
    const { line } = positionAt(starts, offset);
    const apart = line > last + 1;
    last = line;
    return apart;
  });
  return first.slice(0, 10);
}

/** `CommaExpected` → `comma expected`. */
function inWords(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

function toValue(node: Node, text: string, path: PointerToken[], findings: Finding[]): Json {
  if (path.length > MAX_DEPTH) {
    findings.push({
      code: 'WB1001',
      path: path.slice(0, 3),
      message: `the file is nested deeper than ${MAX_DEPTH} levels`,
      help: 'make it flatter',
      what: 'key',
    });
    return null;
  }
  if (node.type === 'array')
    return (node.children ?? []).map((child, index) => toValue(child, text, [...path, index], findings));
  if (node.type === 'object') return toObject(node, text, path, findings);
  if (node.type === 'number') {
    const source = text.slice(node.offset, node.offset + node.length);
    if (!isExact(source, Number(source))) {
      findings.push({
        code: 'WB1004',
        path,
        message: `a double cannot hold ${source}`,
        help: `write it as a text: "${source}"`,
        what: 'value',
      });
    }
    return Number(source);
  }
  return node.value as Json;
}

function toObject(node: Node, text: string, path: PointerToken[], findings: Finding[]): JsonObject {
  const entries = new Map<string, Json>();
  for (const { children: [name, value] = [] } of node.children ?? []) {
    const key = String(name?.value);
    if (entries.has(key)) {
      findings.push({
        code: 'WB1002',
        path: [...path, key],
        message: `the key \`${key}\` stands twice`,
        help: 'keep one of the two',
        what: 'key',
      });
    }
    if (value !== undefined) entries.set(key, toValue(value, text, [...path, key], findings));
  }
  return Object.fromEntries(entries);
}
