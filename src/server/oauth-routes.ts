import type { FastifyInstance, FastifyRequest } from 'fastify';
import { consentPath, type ConsentState } from '../runner/oauth/oauth.ts';
import type { Runner } from '../runner/runner.ts';
import { callerOf } from './access/guard.ts';
import { covers } from './access/scope.ts';
import { ApiError } from './api-error.ts';
import type { OAuthConnectionView, OAuthLinkView, OAuthListView } from './oauth-types.ts';
import { redirectUriOf } from './pages/consent-pages.ts';
import { iso, isoWhereSet } from './views.ts';

interface Params {
  account: string;
  connection: string;
}

/** `GET /oauth`, and what is done with one connection: a link for a person, and giving back what was granted. */
export function addOAuthRoutes(app: FastifyInstance, runner: Runner): void {
  app.get('/oauth', (request): OAuthListView => {
    const { accounts } = callerOf(request);
    const states = runner.oauth.states().filter(({ target }) => covers(accounts, [target.account]));
    return {
      redirect_uri: redirectUriOf(request, runner.publicUrl),
      connections: states.map((state) => connectionView(runner, request, state)),
    };
  });
  app.post<{ Params: Params }>('/oauth/:account/:connection/link', async (request): Promise<OAuthLinkView> => {
    const { target } = stateOf(runner, request.params);
    const { secret, expiresAt } = await runner.oauth.consents.link(target, callerOf(request).id);
    return { url: `${addressOf(runner, request)}/oauth/start/${secret}`, expires_at: iso(expiresAt) };
  });
  app.post<{ Params: Params }>('/oauth/:account/:connection/revoke', async (request): Promise<OAuthConnectionView> => {
    const { target, grant } = stateOf(runner, request.params);
    if (grant === undefined || grant.status === 'revoked')
      throw new ApiError(409, 'not_possible', 'nothing is granted that could be given back');
    const failure = await runner.oauth.revoke(target);
    if (failure !== undefined) {
      const message = `the service did not take the tokens back: ${failure.message}`;
      throw new ApiError(409, 'not_possible', runner.redactor.text(message), 'take the app away at the service');
    }
    return connectionView(runner, request, stateOf(runner, request.params));
  });
}

function stateOf({ oauth }: Runner, { account, connection }: Params): ConsentState {
  const states = oauth.states().filter(({ target }) => target.account === account);
  const state = states.find(({ target }) => target.connection === connection);
  if (state !== undefined) return state;
  const known = states.map(({ target }) => target.connection).join(', ') || 'none';
  throw new ApiError(
    404,
    'unknown_connection',
    `nothing that is deployed for ${account} needs a consent to ${connection}`,
    `those that need one: ${known}`,
  );
}

function connectionView(
  runner: Runner,
  request: FastifyRequest,
  { target, grant, status, missing }: ConsentState,
): OAuthConnectionView {
  const { account, connection, service, title, scopes, automations } = target;
  return {
    account,
    connection,
    connector: service,
    title,
    status,
    reason: grant?.reason === undefined ? undefined : runner.redactor.text(grant.reason),
    identity: grant?.status === 'granted' ? grant.identity : undefined,
    scopes,
    missing_scopes: missing,
    automations,
    granted_at: isoWhereSet(grant?.grantedAt),
    refreshed_at: isoWhereSet(grant?.refreshedAt),
    expires_at: isoWhereSet(grant?.expiresAt),
    page: `${addressOf(runner, request)}${consentPath(account, connection)}`,
  };
}

function addressOf({ publicUrl }: Runner, { headers }: FastifyRequest): string {
  return publicUrl ?? `http://${headers.host}`;
}
