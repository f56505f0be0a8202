import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { VERSION } from '../../src/version.ts';

const NUMBER = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } };
const ACTIONS = { read: 'read', put: 'idempotent', keyed: 'write', plain: 'write' } as const;

/** Writes a workspace with one automation, which has each kind of effect once for the number that its webhook is given. */
export async function writeEffectsWorkspace(folder: string): Promise<void> {
  const recipient = await identityToRecipient(await generateX25519Identity());
  const actions = Object.entries(ACTIONS).map(([name, effect]) => [
    name,
    {
      title: name,
      description: `Has the effect ${name}.`,
      effect,
      input: NUMBER,
      output: NUMBER,
      request: { method: 'POST', path: `/${name}`, body: { json: '${{ input }}' } },
      ...(name === 'keyed' ? { idempotency: { header: 'Idempotency-Key', lifetime: '24h' } } : {}),
    },
  ]);
  const given = { n: '${{ trigger.body.n }}' };
  const steps = Object.keys(ACTIONS).map((id) => ({ id, uses: `ledger.${id}`, with: given }));
  const files = {
    'waybill.json': { waybill: VERSION },
    'automations/acme/account.json': {
      name: 'Acme',
      recipients: [recipient],
      connections: { ledger: { connector: 'ledger' } },
    },
    'automations/acme/effects.json': {
      name: 'Effects',
      trigger: { webhook: { body: NUMBER, verify: 'none', dedupe: '${{ trigger.body.n }}' } },
      steps: [...steps, { id: 'count', uses: 'storage.increment', with: { key: 'n ${{ trigger.body.n }}', by: 1 } }],
      output: '${{ steps.count.value }}',
    },
    'connectors/ledger/connector.json': {
      name: 'ledger',
      title: 'Ledger',
      version: '1.0.0',
      description: 'Counts what is done.',
      connection: { fields: {}, base_url: 'https://ledger.example.com', hosts: ['ledger.example.com'] },
      actions: Object.fromEntries(actions) as object,
    },
  };
  for (const [path, value] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(value));
  }
}

export interface Ledger {
  url: string;
  /** How often each number came, by action. */
  came: { [action in keyof typeof ACTIONS]: Map<number, number> };
  /** The idempotency keys with which each number came. */
  keys: Map<number, Set<string>>;
  close(): void;
}

/** A service that counts what really takes place. It answers after so many milliseconds. */
export async function startLedger(latencyMs: number): Promise<Ledger> {
  const came = { read: new Map(), put: new Map(), keyed: new Map(), plain: new Map() } as Ledger['came'];
  const keys = new Map<number, Set<string>>();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { n } = JSON.parse(text) as { n: number };
    const counted = came[(request.url ?? '').slice(1) as keyof typeof ACTIONS];
    counted.set(n, (counted.get(n) ?? 0) + 1);
    const key = request.headers['idempotency-key'];
    if (typeof key === 'string') keys.set(n, (keys.get(n) ?? new Set()).add(key));
    const answer = (): void => void response.setHeader('content-type', 'application/json').end(JSON.stringify({ n }));
    setTimeout(answer, latencyMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    came,
    keys,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
