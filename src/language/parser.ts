import { Parser, tokTypes, type Expression, type Node, type Options, type TokenType } from 'acorn';

/** What a parser plugin of acorn works on; its type declarations leave these out. */
interface ParserInternals {
  input: string;
  pos: number;
  lineStart: number;
  type: TokenType;
  value: unknown;
  start: number;
  end: number;
  lastTokStart: number;
  lastTokEnd: number;
  containsEsc: boolean;
  context: unknown[];
  exprAllowed: boolean;
  potentialArrowAt: number;
  potentialArrowInForAwait: boolean;
  yieldPos: number;
  awaitPos: number;
  awaitIdentPos: number;
  initialContext(): unknown[];
  nextToken(): void;
  parseExpression(): Expression;
  parseExprAtom(...rest: unknown[]): Node;
  checkUnreserved(reference: { name: string }): void;
}

// Nothing is kept from being a name but JavaScript's keywords, which saves looking at each name.
const OPTIONS: Options = { ecmaVersion: 2023, sourceType: 'script', allowReserved: true };
const Base = Parser as unknown as new (options: Options, input: string) => ParserInternals;

class ExpressionParser extends Base {
  constructor() {
    super(OPTIONS, '');
  }

  /**
   * Parses the expression at `offset` with a parser that has parsed another: to make one takes as long as to read a short
   * expression. Begins as acorn's own constructor does; all else is as it was wherever an expression ended well.
   */
  parseAt(text: string, offset: number): Expression {
    this.input = text;
    this.pos = this.start = this.end = this.lastTokStart = this.lastTokEnd = offset;
    this.lineStart = text.lastIndexOf('\n', offset - 1) + 1;
    this.type = tokTypes.eof;
    this.value = null;
    this.containsEsc = false;
    this.context = this.initialContext();
    this.exprAllowed = true;
    this.potentialArrowAt = -1;
    this.potentialArrowInForAwait = false;
    this.yieldPos = this.awaitPos = this.awaitIdentPos = 0;
    this.nextToken();
    return this.parseExpression();
  }

  /** JavaScript keeps `try` for itself; here it is the name of a function. */
  override parseExprAtom(...rest: unknown[]): Node {
    if (this.type.keyword === 'try') this.type = tokTypes.name;
    return super.parseExprAtom(...rest);
  }

  override checkUnreserved(reference: { name: string }): void {
    if (reference.name !== 'try') super.checkUnreserved(reference);
  }
}

/** The parser, while nothing went wrong in it. */
let parser: ExpressionParser | undefined;

/**
 * Parses the JavaScript expression that begins at `offset`; `end` is where its text ends, with the parentheses around it, of
 * which the node knows nothing. Throws `SyntaxError` with `pos`.
 */
export function parseJavaScriptExpression(text: string, offset: number): { node: Expression; end: number } {
  const current = parser ?? new ExpressionParser();
  parser = undefined;
  const node = current.parseAt(text, offset);
  parser = current;
  return { node, end: current.lastTokEnd };
}
