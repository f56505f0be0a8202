import type { AuthorizationCodeAuth } from '../../generated/plan.ts';
import type { JsonObject } from '../../json/value.ts';
import { authText } from '../auth.ts';
import { permanent } from '../call-failure.ts';

/** What a consent is asked with. */
export interface ConsentRequest {
  state: string;
  redirectUri: string;
  scopes: readonly string[];
  /** Of PKCE; `undefined` where the service has none. */
  challenge: string | undefined;
}

/**
 * The address of the service's page of consent (RFC 6749 §4.1.1). `roots` are what templates see. Throws `CallFailure`
 * where it would be none.
 */
export function authorizeUrl(auth: AuthorizationCodeAuth, roots: JsonObject, request: ConsentRequest): URL {
  const address = authText(auth.authorize_url, roots);
  const id = authText(auth.client_id, roots);
  if (address === undefined || id === undefined || !URL.canParse(address))
    throw permanent('client_refused', 'the page of consent has no address, or the connection no id of an app');
  const url = new URL(address);
  if (!isForBrowsers(url))
    throw permanent(
      'not_https',
      `the page of consent is not at an https address: ${url.origin}`,
      'use an https address',
    );
  const { state, redirectUri, scopes, challenge } = request;
  const { searchParams } = url;
  for (const [name, template] of Object.entries(auth.authorize_params ?? {})) {
    const text = authText(template, roots);
    if (text !== undefined) searchParams.set(name, text);
  }
  // After those, so that none of them takes the place of what the answer is proved with.
  searchParams.set('response_type', 'code');
  searchParams.set('client_id', id);
  searchParams.set('redirect_uri', redirectUri);
  searchParams.set('state', state);
  if (scopes.length > 0) searchParams.set(auth.scope_parameter ?? 'scope', scopes.join(auth.scope_separator ?? ' '));
  if (challenge !== undefined) {
    searchParams.set('code_challenge', challenge);
    searchParams.set('code_challenge_method', auth.pkce ?? 'S256');
  }
  return url;
}

/** Without TLS only on this machine: what comes back with the browser opens an account. */
function isForBrowsers({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname));
}

const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];
