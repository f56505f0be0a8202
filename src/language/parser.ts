import { Parser, tokTypes, type Expression, type Node, type Options, type TokenType } from 'acorn';

/** What a parser plugin of acorn works on; its type declarations leave these out. */
interface ParserInternals {
  type: TokenType;
  parseExprAtom(...rest: unknown[]): Node;
  checkUnreserved(reference: { name: string }): void;
}

/** JavaScript keeps `try` for itself; here it is the name of a function. */
function tryAsName(base: typeof Parser): typeof Parser {
  const Base = base as unknown as new (...args: unknown[]) => ParserInternals;
  class TryAsName extends Base {
    override parseExprAtom(...rest: unknown[]): Node {
      if (this.type.keyword === 'try') this.type = tokTypes.name;
      return super.parseExprAtom(...rest);
    }

    override checkUnreserved(reference: { name: string }): void {
      if (reference.name !== 'try') super.checkUnreserved(reference);
    }
  }
  return TryAsName as unknown as typeof Parser;
}

const ExpressionParser = Parser.extend(tryAsName);
const OPTIONS: Options = { ecmaVersion: 2023, sourceType: 'script' };

/** Parses the JavaScript expression that begins at `offset`. Throws `SyntaxError` with `pos`. */
export function parseJavaScriptExpression(text: string, offset: number): Expression {
  return ExpressionParser.parseExpressionAt(text, offset, OPTIONS);
}
