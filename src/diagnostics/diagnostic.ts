export type Severity = 'error' | 'warning' | 'note';

/** A place in a text: line and column count from 1, columns in UTF-16 code units as editors do. */
export interface Position {
  line: number;
  column: number;
}

/** From `start` up to, not including, `end`. */
export interface Range {
  start: Position;
  end: Position;
}

/** One finding of the compiler. */
export interface Diagnostic {
  /** Stable and never reused; `registry.ts` lists them all. */
  code: string;
  severity: Severity;
  message: string;
  /** Path below the workspace, with `/`. */
  file: string;
  /** JSON Pointer (RFC 6901) of the value that the finding is about. */
  pointer: string;
  range: Range;
  related?: Related[];
  /** The way out. */
  help?: string;
  /** The text at the place may be a secret: no renderer shows it. */
  hidden?: true;
}

/** Another place that explains the finding. */
export interface Related {
  message: string;
  file: string;
  range: Range;
}
