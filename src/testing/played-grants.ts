import type { GrantedTokens } from '../connectors/granted-tokens.ts';
import type { Redaction } from '../connectors/http-caller.ts';

const TOKEN = 'placeholder-of-token';

/** In tests everybody has consented: tokens are placeholders, and consent told what the connector gives as samples. */
export function playedGrants(redaction: Redaction): GrantedTokens {
  redaction.add(TOKEN);
  return {
    token: ({ captures = {} }) => {
      const values = Object.fromEntries(Object.entries(captures).map(([name, { sample }]) => [name, sample]));
      return Promise.resolve({ fields: { token: TOKEN }, until: undefined, renewable: false, values });
    },
    refused: () => Promise.resolve(),
  };
}
