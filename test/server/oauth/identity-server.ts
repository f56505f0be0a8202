import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export const CLIENT = { id: 'waybill-app-id', secret: 'the-secret-of-the-app-0123456789' };

/** A request to the token endpoint, by its grant. */
export interface TokenRequest {
  grant: string;
  status: number;
  body: { [name: string]: unknown };
}

/**
 * A service with a real OpenID provider before it: `/things` takes access tokens of the provider. Refresh tokens change at
 * each use, and one that comes a second time ends all that was granted.
 */
export class IdentityServer {
  readonly url: string;
  readonly tokenRequests: TokenRequest[] = [];
  /** Access tokens that came to `/things`, in order. */
  readonly seen: string[] = [];
  readonly provider: Provider;

  private constructor(server: Server) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.provider = new Provider(this.url, {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          // Of a native app any port of the loopback is taken (RFC 8252 §7.3).
          application_type: 'native',
          redirect_uris: ['http://127.0.0.1/oauth/callback'],
          grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
          response_types: ['code'],
        },
      ],
      scopes: ['openid', 'offline_access', 'things.read', 'things.write'],
      features: { clientCredentials: { enabled: true }, revocation: { enabled: true } },
      issueRefreshToken: () => true,
      rotateRefreshToken: true,
      ttl: { AccessToken: 3600, RefreshToken: 86_400, Grant: 86_400, Session: 3600, Interaction: 600 },
      pkce: { required: () => true },
    });
    this.provider.use(async (context, next) => {
      await next();
      if (context.path !== '/token') return;
      const grant = String(context.oidc?.params?.['grant_type']);
      this.tokenRequests.push({ grant, status: context.status, body: context.body as TokenRequest['body'] });
    });
    const handle = this.provider.callback();
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (request.url === '/things') void this.things(request, response);
      else void handle(request, response);
    });
  }

  static async during(use: (server: IdentityServer) => Promise<void>): Promise<void> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const identity = new IdentityServer(server);
    try {
      await use(identity);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  }

  /** Takes the access tokens that there are out of use, as if they had ended. */
  async endAccess(): Promise<void> {
    for (const token of new Set(this.seen)) await (await this.provider.AccessToken.find(token))?.destroy();
  }

  private async things(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    this.seen.push(token);
    const access = (await this.provider.AccessToken.find(token)) ?? (await this.provider.ClientCredentials.find(token));
    response.setHeader('content-type', 'application/json');
    if (access === undefined) response.writeHead(401).end(JSON.stringify({ error: 'invalid_token', seen: token }));
    else response.end(JSON.stringify({ owner: 'accountId' in access ? access.accountId : 'the app', token }));
  }
}

/** With these a runner calls a service on this machine. */
export const OPTIONS = { allowPrivate: new Set(['127.0.0.1']), sealedHosts: ['127.0.0.1'] };

/** Parts of a connector's auth in place of others. */
export interface Change {
  [part: string]: unknown;
}

/** The connector of the service. */
export function thingsConnector(change: Change = {}, connection: Change = {}): object {
  return {
    name: 'things',
    title: 'Things',
    version: '1.0.0',
    description: 'Keeps things.',
    connection: {
      fields: {
        address: { title: 'Address' },
        client_id: { title: 'Client ID', secret: true },
        client_secret: { title: 'Client secret', secret: true },
      },
      base_url: '${{ connection.address }}',
      hosts: ['127.0.0.1'],
      auth: {
        type: 'oauth2',
        grant: 'authorization_code',
        authorize_url: '${{ connection.address }}/auth',
        token_url: '${{ connection.address }}/token',
        revoke_url: '${{ connection.address }}/token/revocation',
        issuer: '${{ connection.address }}',
        client_id: '${{ connection.client_id }}',
        client_secret: '${{ connection.client_secret }}',
        scopes: ['openid'],
        ...change,
      },
      test: { request: { method: 'GET', path: '/things' }, identity: '${{ response.body.owner }} at Things' },
      ...connection,
    },
    actions: {
      list: {
        title: 'List things',
        description: 'Lists things.',
        effect: 'read',
        scopes: ['things.read'],
        input: { type: 'object', additionalProperties: false },
        output: { type: 'object', required: ['owner'], properties: { owner: { type: 'string' } } },
        request: { method: 'GET', path: '/things' },
      },
    },
  };
}

/** A workspace whose automation `list` calls the service. */
export function thingsWorkspace(
  address: string,
  connector: object = thingsConnector(),
): {
  connectors: { things: object };
  connections: { [name: string]: { connector: string; fields: object; secrets: { [field: string]: string } } };
  automations: { [name: string]: object };
} {
  const secrets = { client_id: CLIENT.id, client_secret: CLIENT.secret };
  return {
    connectors: { things: connector },
    connections: { things: { connector: 'things', fields: { address }, secrets } },
    automations: {
      list: {
        name: 'List things',
        trigger: { webhook: { body: { type: 'object' }, verify: 'none', respond: 'finished' } },
        steps: [{ id: 'things', uses: 'things.list', with: {} }],
        output: { owner: '${{ steps.things.owner }}' },
      },
      other: { name: 'Other', trigger: { manual: {} }, steps: [{ id: 'one', set: { one: 1 } }] },
    },
  };
}
