import type { OAuthLinkView } from '../../../src/server/oauth-types.ts';
import { withWorkspace, type Served } from '../with-workspace.ts';
import { OPTIONS, thingsConnector, thingsWorkspace, type Change } from './identity-server.ts';
import { PlainService, type PlainServiceOptions } from './plain-service.ts';

/** A new link for a person to consent. */
export async function linkFor(served: Served): Promise<string> {
  const { body } = await served.api<OAuthLinkView>('/oauth/acme/things/link', { method: 'POST' });
  return body.url;
}

/** Posts to a webhook. */
export async function post(
  url: string,
): Promise<{ status: number; body: { owner?: string; error?: { code: string } } }> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  return { status: response.status, body: (await response.json()) as { owner?: string } };
}

/** A runner with a service that a test plays, and a link to consent. */
export async function withPlain(
  options: PlainServiceOptions,
  use: (served: Served, service: PlainService) => Promise<void>,
  change: Change = {},
): Promise<void> {
  await PlainService.during(options, (service) =>
    withWorkspace(
      thingsWorkspace(service.url, thingsConnector({ issuer: undefined, ...change })),
      (served) => use(served, service),
      OPTIONS,
    ),
  );
}

/** A service that gives the same tokens each time. */
export const TOKENS: PlainServiceOptions = {
  token: () => ({
    body: { access_token: 'the-access-token-1', refresh_token: 'the-refresh-token-1', token_type: 'Bearer' },
  }),
};
