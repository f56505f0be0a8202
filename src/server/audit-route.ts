import type { FastifyInstance } from 'fastify';
import type { Runner } from '../runner/runner.ts';
import type { AuditRecord } from '../store/records.ts';
import { callerOf } from './access/guard.ts';
import { listWithin } from './access/scope.ts';
import type { AuditListView } from './access-types.ts';
import { iso } from './views.ts';

interface AuditQuery {
  account?: string;
  before?: number;
  limit: number;
}

const QUERY = {
  type: 'object',
  properties: {
    account: { type: 'string', maxLength: 200 },
    before: { type: 'integer', minimum: 1 },
    limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
  },
};

/** `GET /audit` */
export function addAuditRoute(app: FastifyInstance, { store }: Runner): void {
  app.get<{ Querystring: AuditQuery }>('/audit', { schema: { querystring: QUERY } }, (request): AuditListView => {
    // One more than asked for tells whether there is a next page.
    const filter = { ...request.query, limit: request.query.limit + 1 };
    const ask = (account: string | undefined): AuditRecord[] =>
      store.audit.list(account === undefined ? filter : { ...filter, account });
    const found = listWithin(callerOf(request).accounts, filter, ask, (left, right) => right.id - left.id);
    const page = found.slice(0, request.query.limit);
    return {
      entries: page.map(({ at, account, ...entry }) => ({ ...entry, at: iso(at), account })),
      next: found.length > page.length ? page.at(-1)?.id : undefined,
    };
  });
}
