import { DerivedCircle, derivedInOrder } from '../../connectors/derived-order.ts';
import type { CompileContext } from '../context.ts';

/** What a workspace's own connectors derive of a credential can be made: no value needs itself. */
export function checkDerivedValues({ workspace, report }: CompileContext): void {
  for (const { document, value } of workspace.connectors.values()) {
    const { derived } = value.connection ?? {};
    if (derived === undefined) continue;
    try {
      derivedInOrder(
        derived,
        Object.keys(derived).map((name) => `derived.${name}`),
      );
    } catch (error) {
      if (!(error instanceof DerivedCircle)) throw error;
      const [name = '', ...others] = error.names;
      const message = `\`${name}\` needs itself: ${[name, ...others].join(' needs ')}`;
      const help = 'take one of them out of what the others are made of';
      report(document.diagnostic('WB7025', ['connection', 'derived', name], message, { help }));
    }
  }
}
