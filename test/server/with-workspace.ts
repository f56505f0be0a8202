import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { hookPath } from '../../src/runner/live-deployment.ts';
import { FolderSource } from '../../src/runner/deploy/folder-source.ts';
import { Runner, type RunnerOptions } from '../../src/runner/runner.ts';
import { sealConnection } from '../../src/secrets/connection-file.ts';
import { serve } from '../../src/server/serve.ts';
import { VERSION } from '../../src/version.ts';

export interface WorkspaceFiles {
  /** Connections of the account `acme`, by name; secret fields are sealed. */
  connections?: {
    [name: string]: { connector: string; fields?: object; secrets?: { [field: string]: string }; shared?: string };
  };
  /** Credentials that accounts share, by name. */
  shared?: { [name: string]: { connector: string; accounts: string[]; secrets: { [field: string]: string } } };
  /** Of the account `acme`, by name. */
  automations: { [name: string]: object };
  /** The workspace's own connectors, by name. */
  connectors?: { [name: string]: object };
}

export interface Answer<View> {
  status: number;
  body: View;
}

export interface Served {
  folder: string;
  runner: Runner;
  /** The private keys of the account `acme`. */
  identities(): Promise<string[]>;
  url: string;
  token: string;
  /** Where the automation's webhook is. */
  hook(automation: string): string;
  /** Reads or posts to the API. */
  api<View>(path: string, init?: RequestInit): Promise<Answer<View>>;
  /** Writes the files anew, the secret fields sealed for these hosts, and deploys them. */
  deploy(files: WorkspaceFiles, hosts?: string[]): Promise<void>;
  /** Ends the runner, without waiting for attempts, and starts another on the same data. */
  restart(): Promise<void>;
}

interface WorkspaceOptions {
  sealedHosts?: string[];
  /** Whether the runner has the private key, at each start. */
  hasKey?: () => boolean;
}

/** A workspace of its own on a real runner and server. */
export async function withWorkspace(
  files: WorkspaceFiles,
  use: (served: Served) => Promise<void>,
  { sealedHosts = [], hasKey = () => true, ...options }: Partial<RunnerOptions> & WorkspaceOptions = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-workspace-'));
  const identity = await generateX25519Identity();
  const start = async (): Promise<{ runner: Runner; server: Awaited<ReturnType<typeof serve>> }> => {
    const runner = new Runner({
      source: new FolderSource(folder),
      data: join(folder, 'data'),
      identities: () => (hasKey() ? Promise.resolve([identity]) : Promise.reject(new Error('there is no key'))),
      reroutes: new Map(),
      onError: (error) => assert.fail(String(error)),
      ...options,
    });
    await runner.begin();
    await runner.deploy();
    return { runner, server: await serve({ runner, port: 0 }) };
  };
  const recipient = await identityToRecipient(identity);
  await writeFiles(folder, files, recipient, sealedHosts);
  let { runner, server } = await start();
  const served: Served = {
    folder,
    identities: () => Promise.resolve([identity]),
    get runner() {
      return runner;
    },
    get url() {
      return server.url;
    },
    get token() {
      return server.token;
    },
    hook: (automation) => {
      const live = runner.deployed().get(`acme/${automation}`);
      assert.ok(live, `${automation} is not deployed`);
      return `${server.url}${hookPath(live)}`;
    },
    api: async <View>(path: string, init: RequestInit = {}): Promise<Answer<View>> => {
      const headers = { ...(init.headers as object), authorization: `Bearer ${server.token}` };
      const response = await fetch(`${server.url}/api/v1${path}`, { ...init, headers });
      return { status: response.status, body: (await response.json()) as View };
    },
    deploy: async (changed, hosts = sealedHosts) => {
      await writeFiles(folder, changed, recipient, hosts);
      const errors = (await runner.deploy()).filter(({ severity }) => severity === 'error');
      assert.deepEqual(errors, []);
    },
    restart: async () => {
      await server.close(0);
      ({ runner, server } = await start());
    },
  };
  try {
    await use(served);
  } finally {
    await server.close(0);
    await rm(folder, { recursive: true });
  }
}

/** Writes the files of a workspace in place of those that are there; secret fields are sealed for the recipient and the hosts. */
export async function writeFiles(
  folder: string,
  files: WorkspaceFiles,
  recipient: string,
  hosts: string[],
): Promise<void> {
  const connections = Object.entries(files.connections ?? {});
  const open = connections.map(([name, { secrets: _secrets, ...connection }]) => [name, connection]);
  const shared = Object.entries(files.shared ?? {});
  const sharing = shared.map(([name, { secrets: _secrets, ...one }]) => [name, { ...one, recipients: [recipient] }]);
  const account = { name: 'Acme', recipients: [recipient], connections: Object.fromEntries(open) as object };
  const texts = new Map([
    ['waybill.json', { waybill: VERSION, shared: Object.fromEntries(sharing) as object }],
    ['automations/acme/account.json', account],
    ...Object.entries(files.automations).map(([name, value]) => [`automations/acme/${name}.json`, value] as const),
    ...Object.entries(files.connectors ?? {}).map(([name, one]) => [`connectors/${name}/connector.json`, one] as const),
  ]);
  for (const part of ['automations', 'connectors', 'secrets'])
    await rm(join(folder, part), { recursive: true, force: true });
  for (const [path, value] of texts) await write(join(folder, path), JSON.stringify(value));
  const sealed = [
    ...connections.map(([name, { secrets }]) => ['acme', name, secrets] as const),
    ...shared.map(([name, { secrets }]) => ['shared', name, secrets] as const),
  ];
  for (const [account, connection, fields] of sealed) {
    if (fields === undefined) continue;
    const credential = { account, connection, fields, hosts, recipients: [recipient], now: new Date() };
    await write(join(folder, 'secrets', account, `${connection}.json`), await sealConnection(credential));
  }
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
