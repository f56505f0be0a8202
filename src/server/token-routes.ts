import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Runner } from '../runner/runner.ts';
import type { AccountScope, TokenRecord } from '../store/records.ts';
import { hashOf, mintToken } from './access/callers.ts';
import { callerOf } from './access/guard.ts';
import { isAtLeast, ROLE_NAMES, type Role } from './access/roles.ts';
import { covers } from './access/scope.ts';
import { ApiError, unknownToken } from './api-error.ts';
import type { NewTokenView, TokenListView, TokenView } from './access-types.ts';
import { iso, isoWhereSet } from './views.ts';

interface NewToken {
  name: string;
  role: Role;
  accounts: AccountScope;
  account_roles?: { [account: string]: Role };
  expires_in_s: number;
}

const MAX_LIFE_S = 366 * 24 * 60 * 60;

const account = { type: 'string', minLength: 1, maxLength: 200 };

const NEW_TOKEN = {
  type: 'object',
  required: ['name', 'role', 'accounts', 'expires_in_s'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 100, description: 'Whose it is, or what for.' },
    role: { enum: ROLE_NAMES },
    accounts: {
      anyOf: [{ const: 'all' }, { type: 'array', items: account, minItems: 1, maxItems: 1000, uniqueItems: true }],
    },
    account_roles: {
      type: 'object',
      propertyNames: account,
      maxProperties: 1000,
      additionalProperties: { enum: ROLE_NAMES },
      description: 'Accounts in which the token may do more than its role says.',
    },
    expires_in_s: { type: 'integer', minimum: 1, maximum: MAX_LIFE_S },
  },
};

/** Lists, makes and revokes tokens. Nobody gives more than they have: the guard has seen to it that they are admin of the accounts. */
export function addTokenRoutes(app: FastifyInstance, { store }: Runner): void {
  app.get('/tokens', (request): TokenListView => {
    const { accounts } = callerOf(request);
    return {
      tokens: store.tokens
        .list()
        .filter((token) => covers(accounts, token.accounts))
        .map(tokenView),
    };
  });
  app.post<{ Body: NewToken }>(
    '/tokens',
    { schema: { body: NEW_TOKEN } },
    async (request, reply): Promise<NewTokenView> => {
      const caller = callerOf(request);
      const { name, role, accounts, account_roles: accountRoles = {}, expires_in_s: life } = request.body;
      requireMore(accounts, role, accountRoles);
      const token = mintToken();
      const now = Date.now();
      const record = {
        id: randomUUID().slice(0, ID_LENGTH),
        hash: hashOf(token),
        name,
        role,
        accounts,
        accountRoles,
        createdAt: now,
        createdBy: caller.id,
        expiresAt: now + life * 1000,
      };
      await store.tokens.insert(record);
      reply.status(201);
      return { ...tokenView(record), token };
    },
  );
  app.delete<{ Params: { id: string } }>('/tokens/:id', async ({ params }): Promise<TokenView> => {
    await store.tokens.revoke(params.id, Date.now());
    await store.sessions.endOf(params.id);
    const token = store.tokens.get(params.id);
    if (token === undefined) throw unknownToken(params.id);
    return tokenView(token);
  });
}

/** A role of one account is more than that of all, and of an account that the token has. */
function requireMore(accounts: AccountScope, role: Role, accountRoles: { [account: string]: Role }): void {
  for (const [account, one] of Object.entries(accountRoles)) {
    if (!covers(accounts, [account]))
      throw new ApiError(400, 'bad_request', `account_roles names ${account}, which is not among the accounts`);
    if (isAtLeast(role, one))
      throw new ApiError(
        400,
        'bad_request',
        `the role ${one} in ${account} is not more than ${role}, which the token has`,
      );
  }
}

/** Short enough to be typed: a token is only named by it. */
const ID_LENGTH = 8;

function tokenView(token: TokenRecord): TokenView {
  const { id, name, role, accounts, accountRoles, createdAt, createdBy, expiresAt, revokedAt } = token;
  return {
    id,
    name,
    role,
    accounts,
    account_roles: { ...accountRoles },
    status: revokedAt !== undefined ? 'revoked' : expiresAt <= Date.now() ? 'expired' : 'usable',
    created_at: iso(createdAt),
    created_by: createdBy,
    expires_at: iso(expiresAt),
    revoked_at: isoWhereSet(revokedAt),
  };
}
