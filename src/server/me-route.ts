import type { FastifyInstance } from 'fastify';
import { callerOf } from './access/guard.ts';
import type { MeView } from './access-types.ts';
import { isoWhereSet } from './views.ts';

/** `GET /me` */
export function addMeRoute(app: FastifyInstance): void {
  app.get('/me', (request): MeView => {
    const { id, name, role, accounts, accountRoles, expiresAt, csrf } = callerOf(request);
    return { id, name, role, accounts, account_roles: accountRoles, expires_at: isoWhereSet(expiresAt), csrf };
  });
}
