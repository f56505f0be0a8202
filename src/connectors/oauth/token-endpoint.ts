import * as oauth from 'oauth4webapi';
import type { AuthorizationCodeAuth, ClientCredentialsAuth } from '../../generated/plan.ts';
import type { JsonObject } from '../../json/value.ts';
import { authText } from '../auth.ts';
import { permanent } from '../call-failure.ts';
import type { EchoedSecrets, SecretTexts } from '../echoed-secrets.ts';
import type { Answer } from '../failures.ts';
import type { BuiltRequest } from '../request.ts';
import { tokenCall, type ConnectedCall, type SendTokenRequest } from '../token-call.ts';
import { givenTokens, standardResponse, type GivenTokens } from './token-answer.ts';
import { failureOfTokens } from './token-failure.ts';

/** What is asked for in exchange for a code. */
export interface CodeExchange {
  /** The query with which the browser came back, proved to answer our state. */
  callback: URLSearchParams;
  redirectUri: string;
  /** Of PKCE; `undefined` where the service has none. */
  verifier: string | undefined;
}

type OAuth2Auth = AuthorizationCodeAuth | ClientCredentialsAuth;

/** What a request is made with. */
interface Asking {
  auth: OAuth2Auth;
  call: ConnectedCall;
  /** What templates see: `connection` with secret fields. */
  roots: JsonObject;
  url: string | undefined;
  params?: { [name: string]: string } | undefined;
}

/**
 * Asks the token endpoints of services, as RFC 6749 and RFC 7009 have it, through the transport that all calls take: to
 * the connection's hosts alone. All methods throw `CallFailure`.
 */
export class TokenEndpoint {
  private readonly send: SendTokenRequest;
  private readonly echoed: EchoedSecrets;
  private readonly now: () => number;

  /** `send` gives an answer as it came: the id of an app may stand within a token. */
  constructor(send: SendTokenRequest, echoed: EchoedSecrets, now: () => number) {
    this.send = send;
    this.echoed = echoed;
    this.now = now;
  }

  byCode(
    auth: AuthorizationCodeAuth,
    call: ConnectedCall,
    roots: JsonObject,
    code: CodeExchange,
  ): Promise<GivenTokens> {
    const { callback, redirectUri, verifier } = code;
    return this.ask(
      { auth, call, roots, url: auth.token_url, params: auth.token_params },
      (as, client, proof, options) =>
        oauth.authorizationCodeGrantRequest(
          as,
          client,
          proof,
          oauth.validateAuthResponse(as, client, callback, oauth.skipStateCheck),
          redirectUri,
          verifier ?? oauth.nopkce,
          options,
        ),
    );
  }

  byRefreshToken(
    auth: AuthorizationCodeAuth,
    call: ConnectedCall,
    roots: JsonObject,
    refreshToken: string,
  ): Promise<GivenTokens> {
    const url = auth.refresh_url ?? auth.token_url;
    return this.ask({ auth, call, roots, url, params: auth.refresh_params }, (as, client, proof, options) =>
      oauth.refreshTokenGrantRequest(as, client, proof, refreshToken, options),
    );
  }

  byClientCredentials(auth: ClientCredentialsAuth, call: ConnectedCall, roots: JsonObject): Promise<GivenTokens> {
    const scope = (call.connection.plan.scopes ?? []).join(auth.scope_separator ?? ' ');
    const params = { ...auth.token_params, ...(scope === '' ? {} : { scope }) };
    return this.ask(
      { auth, call, roots, url: auth.token_url, params },
      (as, client, proof, { additionalParameters, ...options }) =>
        oauth.clientCredentialsGrantRequest(as, client, proof, additionalParameters ?? {}, options),
    );
  }

  /** Gives a token back. Nothing is done where the connector says no address for that. */
  async revoke(auth: AuthorizationCodeAuth, call: ConnectedCall, roots: JsonObject, token: string): Promise<void> {
    if (auth.revoke_url === undefined) return;
    const asking = { auth, call: tokenCall(call), roots, url: auth.revoke_url };
    const seen: Seen = {};
    try {
      const { as, client, proof, options } = this.prepare(asking, seen);
      await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, proof, token, options));
    } catch (error) {
      throw this.failed(asking, error, seen);
    }
  }

  private async ask(
    { call, ...asked }: Asking,
    request: (
      as: oauth.AuthorizationServer,
      client: oauth.Client,
      proof: oauth.ClientAuth,
      options: Options,
    ) => Promise<Response>,
  ): Promise<GivenTokens> {
    const asking = { ...asked, call: tokenCall(call) };
    const seen: Seen = {};
    try {
      const { as, client, proof, options } = this.prepare(asking, seen);
      const response = await request(as, client, proof, options);
      const tokens = await oauth.processGenericTokenEndpointResponse(as, client, response);
      return givenTokens(asking.auth, tokens, seen.answer);
    } catch (error) {
      throw this.failed(asking, error, seen);
    }
  }

  private prepare(asking: Asking, seen: Seen): Prepared {
    const { auth, call, roots } = asking;
    const url = authText(asking.url, roots);
    if (url === undefined || !URL.canParse(url))
      throw permanent('request_not_made', `the address for tokens of ${call.connector.title} has no value`);
    const [id, secret] = [authText(auth.client_id, roots), authText(auth.client_secret, roots)];
    if (id === undefined || id === '') throw withoutClient(call);
    const { issuer } = auth.grant === 'authorization_code' ? auth : {};
    const named = authText(issuer, roots);
    return {
      as: {
        issuer: named ?? new URL(url).origin,
        token_endpoint: url,
        revocation_endpoint: url,
        ...(named === undefined ? {} : { authorization_response_iss_parameter_supported: true }),
      },
      client: { client_id: id },
      proof: clientAuth(auth.client_auth, secret, call),
      options: {
        additionalParameters: textsOf(asking.params, roots),
        headers: textsOf(auth.token_headers, roots),
        // The transport decides what may go without TLS: what the operator listed.
        [oauth.allowInsecureRequests]: true,
        [oauth.customFetch]: (_url, init) => this.fetch(asking, url, init, seen),
      },
    };
  }

  /** Sends a request of the library's, and gives it the answer in the standard's form. */
  private async fetch(
    { auth, call }: Asking,
    url: string,
    { headers, body }: oauth.CustomFetchOptions<'POST', URLSearchParams>,
    seen: Seen,
  ): Promise<Response> {
    const fields = Object.fromEntries(body);
    const { 'content-type': _form, ...others } = headers;
    const request: BuiltRequest = {
      method: 'POST',
      url: new URL(url),
      headers: others,
      body: { kind: auth.token_body ?? 'form', value: fields, lists: 'repeat' },
    };
    const [, proof] = (others['authorization'] ?? '').split(' ');
    const sent = [...body].filter(([name]) => SECRET_PARTS.includes(name));
    seen.sent = { fields: { ...Object.fromEntries(sent), ...(proof === undefined ? {} : { proof }) } };
    const answer = await this.send(call, request);
    seen.answer = answer;
    return standardResponse(auth.answer ?? {}, answer, this.cleaned(call, seen.sent, answer));
  }

  private failed({ call }: Asking, error: unknown, { sent, answer }: Seen): Error {
    return failureOfTokens(call, error, answer && this.cleaned(call, sent, answer), this.now());
  }

  private cleaned({ connection }: ConnectedCall, sent: SecretTexts | undefined, answer: Answer): Answer {
    return this.echoed.remove(sent, this.echoed.remove(connection.credential, answer));
  }
}

/** What was sent and came back, once there is something. */
interface Seen {
  /** What of the request nobody may read. */
  sent?: SecretTexts;
  answer?: Answer;
}

const SECRET_PARTS = ['client_secret', 'code', 'code_verifier', 'refresh_token', 'token'];

interface Options {
  additionalParameters?: { [name: string]: string };
  headers?: { [name: string]: string };
}

interface Prepared {
  as: oauth.AuthorizationServer;
  client: oauth.Client;
  proof: oauth.ClientAuth;
  options: Options & {
    [oauth.allowInsecureRequests]: true;
    [oauth.customFetch]: (url: string, init: oauth.CustomFetchOptions<'POST', URLSearchParams>) => Promise<Response>;
  };
}

function clientAuth(
  kind: AuthorizationCodeAuth['client_auth'],
  secret: string | undefined,
  call: ConnectedCall,
): oauth.ClientAuth {
  if (kind === 'none') return oauth.None();
  if (secret === undefined || secret === '') throw withoutClient(call);
  return kind === 'post' ? oauth.ClientSecretPost(secret) : basic(secret);
}

/**
 * RFC 6749 §2.3.1 with the encoding of forms as browsers write it. The library's own encodes also what needs none, such as
 * the hyphens of ids, and services that do not decode then know nobody of that name.
 */
function basic(secret: string): oauth.ClientAuth {
  return (_as, { client_id: id }, _body, headers) => {
    const pair = Buffer.from(`${formEncoded(id)}:${formEncoded(secret)}`).toString('base64');
    headers.set('authorization', `Basic ${pair}`);
  };
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

function withoutClient({ account, connection, connector, service }: ConnectedCall): Error {
  return permanent(
    'client_refused',
    `the connection ${connection.name} of account ${account} has no id and secret of an app of ${connector.title}`,
    `waybill connect ${account} ${connection.name} --web; what to register: waybill oauth guide ${service} ${account}`,
  );
}

function textsOf(templates: { [name: string]: string } | undefined, roots: JsonObject): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(templates ?? {}).flatMap(([name, template]): [string, string][] => {
      const text = authText(template, roots);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}
