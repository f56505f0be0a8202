import type { AuthorizationCodeAuth } from '../generated/plan.ts';
import type { JsonObject } from '../json/value.ts';
import { permanent } from './call-failure.ts';
import type { ConnectedCall } from './token-call.ts';
import type { Token } from './token-slot.ts';

/** What a person granted, as calls use it. */
export interface GrantedToken extends Token {
  /** What consent told of the connection, such as where its account lives. */
  values: JsonObject;
}

/** What people granted, kept by the runner. */
export interface GrantedTokens {
  /** A token with the rights that the call's connection needs, refreshed where it has to be. Throws `CallFailure`. */
  token(auth: AuthorizationCodeAuth, call: ConnectedCall): Promise<GrantedToken>;
  /** The service does not take this token any more. */
  refused(call: ConnectedCall, token: GrantedToken): Promise<void>;
}

/** Outside of a runner nobody has granted anything. */
export const NO_GRANTS: GrantedTokens = {
  token: (_auth, { account, connection, connector }) =>
    Promise.reject(
      permanent(
        'grant_missing',
        `consent for ${connector.title} is kept by the runner alone, and this call is outside of it`,
        `waybill oauth status ${account} ${connection.name} says how it is`,
      ),
    ),
  refused: () => Promise.resolve(),
};
