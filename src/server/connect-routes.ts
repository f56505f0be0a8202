import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ConnectLink } from '../runner/connecting/connecting.ts';
import { ConnectError } from '../runner/connecting/connect-error.ts';
import { consentPath } from '../runner/oauth/oauth.ts';
import { Stall } from '../runner/deploy/stall.ts';
import type { Runner } from '../runner/runner.ts';
import type { Callers } from './access/callers.ts';
import { callerOf } from './access/guard.ts';
import { mayConnect } from './access/may-connect.ts';
import { ApiError } from './api-error.ts';
import type { ConnectLinkView } from './access-types.ts';
import type { ConnectPageOptions } from './pages/connect-page.ts';
import { iso } from './views.ts';

interface LinkBody {
  account: string;
  connection: string;
  connector?: string;
  expires_in_s: number;
}

const name = { type: 'string', minLength: 1, maxLength: 200 };

const BODY = {
  type: 'object',
  required: ['account', 'connection'],
  additionalProperties: false,
  properties: {
    account: name,
    connection: name,
    connector: { ...name, description: 'The connector, where neither account.json nor the connection’s name says it.' },
    expires_in_s: { type: 'integer', minimum: 60, maximum: 7 * 24 * 60 * 60, default: 60 * 60 },
  },
};

/** `POST /connect-links` */
export function addConnectRoutes(app: FastifyInstance, { connecting, publicUrl }: Runner): void {
  app.post<{ Body: LinkBody }>(
    '/connect-links',
    { schema: { body: BODY } },
    async (request, reply): Promise<ConnectLinkView> => {
      const { account, connection, connector, expires_in_s: life } = request.body;
      const { id, name: by } = callerOf(request);
      try {
        const asked = { account, connection, connector, by: { id, name: by }, lifetimeMs: life * 1000 };
        const { secret, link } = await connecting.mint(asked);
        const path = `/connect/${secret}`;
        reply.status(201);
        return {
          account,
          connection,
          path,
          url: publicUrl === undefined ? undefined : publicUrl + path,
          expires_at: iso(link.expiresAt),
        };
      } catch (error) {
        if (error instanceof ConnectError) throw new ApiError(409, 'cannot_connect', error.message, error.help);
        if (error instanceof Stall) throw new ApiError(409, 'cannot_connect', error.message);
        throw error;
      }
    },
  );
}

/** The page of links that this runner makes: they end with the role of who made them, and what they save is written down. */
export function connectPageOf({ connecting, publicUrl, store }: Runner, callers: Callers): ConnectPageOptions {
  return {
    connecting,
    publicUrl,
    // Relative: a proxy may put a path before it.
    consentPage: ({ account, connection }) => `..${consentPath(account, connection)}`,
    isValid: ({ by, account }) => {
      const caller = callers.byId(by.id);
      return caller !== undefined && mayConnect(caller, account);
    },
    saved: ({ account, connection, by }: ConnectLink, request: FastifyRequest) =>
      store.audit.insert({
        at: Date.now(),
        actor: by.id,
        name: by.name,
        role: 'link of a connection',
        action: 'POST /connect/:secret',
        target: `${account}/${connection}`,
        account,
        status: 303,
        address: request.ip,
      }),
  };
}
