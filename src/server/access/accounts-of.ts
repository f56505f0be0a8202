import type { FastifyRequest } from 'fastify';
import { isJsonObject } from '../../json/value.ts';
import type { AccountScope } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { ApiError, unknownAccount, unknownRefusal, unknownRun, unknownToken } from '../api-error.ts';
import type { AccountsFrom } from './route-access.ts';

/** Which accounts a call concerns, and what is answered to those who may not know of them. */
export interface Concerned {
  accounts: AccountScope;
  otherwise: ApiError;
}

/** `undefined` where the call concerns none by itself. Throws `ApiError` where the path names nothing. */
export function accountsOf(request: FastifyRequest, from: AccountsFrom, store: Store): Concerned | undefined {
  const { id = '', account = '' } = request.params as { id?: string; account?: string };
  switch (from) {
    case 'listed':
    case 'none':
      return undefined;
    case 'path':
      return { accounts: [account], otherwise: unknownAccount([account]) };
    case 'body':
      return namedIn(request.body);
    case 'run': {
      const run = store.runs.summary(id);
      return ownedBy(run && [run.account], unknownRun(id));
    }
    case 'refusal': {
      const refusal = store.refusals.get(id);
      return ownedBy(refusal && [refusal.account], unknownRefusal(id));
    }
    case 'token':
      return ownedBy(store.tokens.get(id)?.accounts, unknownToken(id));
  }
}

/** What the body's `accounts` or `account` says; where it has neither, the call concerns all. */
function namedIn(body: unknown): Concerned {
  const { account, accounts = account } = isJsonObject(body) ? body : {};
  if (accounts === undefined || accounts === 'all')
    return { accounts: 'all', otherwise: new ApiError(403, 'forbidden', 'this needs a token for all accounts') };
  const named = [accounts].flat().map(String);
  return { accounts: named, otherwise: unknownAccount(named) };
}

/** The answer is the same where it is not there and where it is another's. */
function ownedBy(accounts: AccountScope | undefined, otherwise: ApiError): Concerned {
  if (accounts === undefined) throw otherwise;
  return { accounts, otherwise };
}
