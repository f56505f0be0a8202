import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withWorkspace, type Served } from '../with-workspace.ts';

/** What the service takes. */
export const GOOD = 'shp_gOOd/+"<&>k3y-c4nary';
/** What it knows, and does not let in. */
export const POOR = 'shp_poor-c4nary-of-the-page';
export const SECRET = 'cl13nt-s3cret-c4nary-0f-the-page';

/** A connector with fields of every kind. */
const SHOP = {
  name: 'shop',
  title: 'Shop',
  version: '1.0.0',
  description: 'Sells things.',
  connection: {
    fields: {
      store: {
        title: 'Store',
        description: 'The store’s own name.',
        prefix: 'https://',
        suffix: '.shop.example',
        pattern: '^[a-z0-9-]+$',
      },
      credential: {
        title: 'Kind of credential',
        description: 'token: a token made by hand; app: an app of your own.',
        enum: ['token', 'app'],
        default: 'token',
      },
      token: {
        title: 'Access token',
        description: 'Starts with shp_.',
        secret: true,
        pattern: '^shp_.+$',
        help_url: 'https://shop.example/settings/tokens',
        when: { field: 'credential', is: ['token'] },
      },
      client_id: { title: 'Client ID', when: { field: 'credential', is: ['app'] } },
      client_secret: { title: 'Client secret', secret: true, when: { field: 'credential', is: ['app'] } },
      webhook_secret: { title: 'Webhook secret', description: 'Only for webhooks.', secret: true, required: false },
    },
    base_url: 'https://${{ connection.store }}.shop.example',
    hosts: ['${{ connection.store }}.shop.example'],
    auth: { type: 'bearer', token: '${{ connection.token }}' },
    test: { request: { method: 'GET', path: '/me' }, identity: '${{ response.body.owner }}' },
  },
  actions: {},
};

/** A service that cannot be tried. */
const PLAIN = {
  name: 'plain',
  title: 'Plain',
  version: '1.0.0',
  description: 'Says nothing.',
  connection: {
    fields: {
      key: { title: 'Key', secret: true },
      pem: { title: 'Certificate', secret: true, required: false, lines: true },
    },
    hosts: ['plain.example'],
  },
  actions: {},
};

export interface Shop extends Served {
  /** Credentials that came to the service. */
  came: string[];
  /** The service answers no more. */
  goAway: () => Promise<void>;
  /** Resolves when the next credential has come, with what lets the service answer. */
  holdNext: () => Promise<() => void>;
}

/** The account `acme` on a runner, which may use a shop that is played by a real server. */
export async function withShop(use: (shop: Shop) => Promise<void>): Promise<void> {
  const came: string[] = [];
  let hold: ((answer: () => void) => void) | undefined;
  const service = createServer((request, response) => {
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    came.push(token);
    const [status, body] =
      token === GOOD
        ? [200, { owner: 'Ada <ada@acme.example>', echo: token }]
        : token === POOR
          ? [403, { message: `the scope read_orders is missing for ${token}` }]
          : [401, { error: { message: `unknown token ${token}` } }];
    const answer = (): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const held = hold;
    hold = undefined;
    if (held === undefined) answer();
    else held(answer);
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  const goAway = async (): Promise<void> => {
    service.closeAllConnections();
    await new Promise((resolve) => service.close(resolve));
  };
  const holdNext = (): Promise<() => void> => new Promise((resolve) => (hold = resolve));
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  try {
    await withWorkspace(
      { connections: { plain: { connector: 'plain' } }, automations: {}, connectors: { shop: SHOP, plain: PLAIN } },
      (served) => use(Object.assign(served, { came, goAway, holdNext })),
      { reroutes: new Map([['shop', url]]) },
    );
  } finally {
    await goAway();
  }
}
