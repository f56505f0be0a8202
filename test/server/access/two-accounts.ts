import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NewTokenView } from '../../../src/server/access-types.ts';
import type { Role } from '../../../src/server/access/roles.ts';
import { hookPath } from '../../../src/runner/live-deployment.ts';
import { withRunner, type Setup } from '../with-runner.ts';

export interface Answer {
  status: number;
  text: string;
  headers: Headers;
}

/** A runner that serves the accounts `demo` and `other`, and what calls it. */
export interface TwoAccounts extends Setup {
  mint: (role: Role, accounts: 'all' | string[], life?: number) => Promise<NewTokenView>;
  call: (token: string | undefined, method: string, path: string, body?: unknown) => Promise<Answer>;
  /** Starts a run of `other/keep` by its webhook, and waits for its end. Gives its id. */
  keep: (text: string) => Promise<string>;
}

const OTHER = {
  name: 'Other',
  timezone: 'Europe/Paris',
  locale: 'fr-FR',
  region: 'FR',
  currency: 'EUR',
  recipients: ['age1y4702sehvymae54q8mqn5clq50l9qchtdknq029vwxn52h0qwy6q7uca0a'],
  connections: {},
};

const SHOP = {
  name: 'shop',
  title: 'Shop',
  version: '1.0.0',
  description: 'Sells things.',
  connection: { fields: {}, base_url: 'https://shop.example.com', hosts: ['shop.example.com'] },
  actions: {},
  webhook_schemes: {
    shop: {
      title: 'Shop',
      algorithm: 'hmac-sha256',
      key: {},
      signature: { header: 'x-shop-signature' },
      redelivers: false,
    },
  },
  subscriptions: {
    orders: {
      title: 'a webhook',
      secret: 'minted',
      create: { request: { method: 'POST', path: '/hooks' }, id: '${{ response.body.id }}' },
      delete: { request: { method: 'DELETE', path: '/hooks/${{ subscription.id }}' } },
    },
  },
  triggers: {
    order_sent: {
      title: 'Order sent',
      description: 'An order is sent.',
      output: { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } },
      sample: { id: 1 },
      webhook: { scheme: 'shop', subscription: 'orders' },
    },
    new_order: {
      title: 'New order',
      description: 'A customer orders.',
      input: { type: 'object', additionalProperties: false, properties: {} },
      output: { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } },
      sample: { id: 1 },
      poll: {
        request: { method: 'GET', path: '/orders' },
        items: '${{ response.body }}',
        key: '${{ item.id }}',
        order: 'newest_first',
      },
    },
  },
};

/** An app without a secret, to which a person consents. */
const MAIL = {
  name: 'mail',
  title: 'Mail',
  version: '1.0.0',
  description: 'Keeps letters.',
  connection: {
    fields: { client_id: { title: 'Client ID', default: 'the-app' } },
    base_url: 'https://mail.example.com',
    hosts: ['mail.example.com'],
    auth: {
      type: 'oauth2',
      grant: 'authorization_code',
      authorize_url: 'https://mail.example.com/authorize',
      token_url: 'https://mail.example.com/token',
      client_id: '${{ connection.client_id }}',
      client_auth: 'none',
    },
  },
  actions: {
    list: {
      title: 'List letters',
      description: 'Lists letters.',
      effect: 'read',
      input: { type: 'object', additionalProperties: false },
      output: { type: 'array' },
      request: { method: 'GET', path: '/letters' },
    },
  },
};

const LETTERS = { name: 'Letters', trigger: { manual: {} }, steps: [{ id: 'list', uses: 'mail.list', with: {} }] };

const ORDERS = {
  name: 'Orders',
  trigger: { on: 'shop.new_order', first: 'from_now' },
  steps: [{ id: 'save', uses: 'storage.set', with: { key: 'order', value: '${{ trigger.event.id }}' } }],
};

const SENT = { ...ORDERS, name: 'Sent orders', trigger: { on: 'shop.order_sent' } };

const KEEP = {
  name: 'Keep the text',
  trigger: {
    webhook: {
      body: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } },
      verify: 'none',
      respond: 'accepted',
    },
  },
  steps: [{ id: 'save', uses: 'storage.set', with: { key: 'kept', value: '${{ trigger.body.text }}' } }],
};

export async function withTwoAccounts(use: (setup: TwoAccounts) => Promise<void>): Promise<void> {
  await withRunner(async (setup) => {
    const { folder, runner, url, token } = setup;
    const demo = JSON.parse(await readFile(join(folder, 'automations/demo/account.json'), 'utf8')) as typeof OTHER;
    const connections = { ...demo.connections, shop: { connector: 'shop' }, mail: { connector: 'mail' } };
    for (const [path, value] of Object.entries({
      'connectors/shop/connector.json': SHOP,
      'connectors/mail/connector.json': MAIL,
      'automations/demo/account.json': { ...demo, connections },
      'automations/demo/letters.json': LETTERS,
      'automations/demo/orders.json': ORDERS,
      'automations/demo/sent.json': SENT,
      'automations/other/account.json': OTHER,
      'automations/other/keep.json': KEEP,
    })) {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), JSON.stringify(value));
    }
    const findings = await runner.deploy();
    assert.deepEqual(
      findings.filter(({ severity }) => severity === 'error'),
      [],
    );
    const call: TwoAccounts['call'] = async (bearer, method, path, body) => {
      const headers = {
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      };
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(`${url}/api/v1${path}`, { method, headers, ...text });
      return { status: response.status, text: await response.text(), headers: response.headers };
    };
    const mint: TwoAccounts['mint'] = async (role, accounts, life = 3600) => {
      const body = { name: `${role} of ${String(accounts)}`, role, accounts, expires_in_s: life };
      const answer = await call(token, 'POST', '/tokens', body);
      assert.equal(answer.status, 201, answer.text);
      return JSON.parse(answer.text) as NewTokenView;
    };
    const keep = async (text: string): Promise<string> => {
      const live = runner.deployed().get('other/keep');
      const response = await fetch(url + (live && hookPath(live)), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text }),
      });
      const { run } = (await response.json()) as { run: string };
      await runner.engine.finished(run);
      return run;
    };
    await use({ ...setup, call, mint, keep });
  });
}
