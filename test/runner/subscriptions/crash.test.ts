import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { builtinCatalog } from '../../../src/connectors/builtin.ts';
import { writeFiles } from '../../server/with-workspace.ts';
import { PlayedGitHub, TOKEN } from './played-github.ts';

interface Kept {
  key: string;
  status: string;
  remoteId?: string;
}

/** When the runner is killed: as GitHub gets a request of this method, or when it has carried it out and not answered. */
type Kill = { at: 'before' | 'after'; method: string } | undefined;

const child = join(import.meta.dirname, 'crash-child.ts');

/** A forge with GitHub's API, which makes the key of a webhook itself and tells it once; nothing can be changed there. */
function forge(): object {
  const github = builtinCatalog().get('github');
  assert.ok(github?.subscriptions?.['repository']);
  const { update: _update, ...repository } = github.subscriptions['repository'];
  const secret = { returned: '${{ `made for ${response.body.id}` }}' };
  const text = JSON.stringify({ ...github, name: 'forge', subscriptions: { repository: { ...repository, secret } } });
  return JSON.parse(text.replace('"secret":"${{ subscription.secret }}",', '')) as object;
}

class Trial {
  readonly github = new PlayedGitHub();
  private readonly folder: string;
  private readonly identity: string;
  private readonly service: string;

  constructor(folder: string, identity: string, service: string) {
    this.folder = folder;
    this.identity = identity;
    this.service = service;
  }

  /** Starts the runner where these repositories are listened to, and kills it or lets it end. Gives what it keeps then. */
  async start(repositories: readonly string[], kill?: Kill): Promise<Kept[] | undefined> {
    const automations = Object.fromEntries(
      repositories.map((repository) => [
        repository.replace('/', '-'),
        {
          name: 'Listen',
          trigger: { on: `${this.service}.pushed`, with: { repository } },
          steps: [{ id: 'end', stop: true }],
        },
      ]),
    );
    const connection = { connector: this.service, secrets: { token: TOKEN } };
    const connectors = this.service === 'forge' ? { forge: forge() } : {};
    const connections = repositories.length === 0 ? {} : { [this.service]: connection };
    const recipient = await identityToRecipient(this.identity);
    await writeFiles(this.folder, { automations, connectors, connections }, recipient, ['api.github.com']);
    this.github.requests.length = 0;
    const process_ = spawn(process.execPath, [child, this.folder, this.identity, this.github.url], {
      // What the first start compiled, the others take up.
      env: { ...process.env, NODE_COMPILE_CACHE: join(this.folder, 'cache') },
    });
    this.arm(process_, kill);
    let [out, err] = ['', ''];
    process_.stdout.on('data', (chunk) => (out += String(chunk)));
    process_.stderr.on('data', (chunk) => (err += String(chunk)));
    const [, signal] = (await once(process_, 'close')) as [number | null, string | null];
    assert.deepEqual([err, signal], ['', kill === undefined ? null : 'SIGKILL']);
    return kill === undefined ? (JSON.parse(out) as Kept[]) : undefined;
  }

  private arm(process_: ChildProcess, kill: Kill): void {
    this.github.before = (request) => {
      if (kill?.at !== 'before' || request.method !== kill.method) return false;
      process_.kill('SIGKILL');
      return true;
    };
    this.github.carriedOut = (request) => {
      if (kill?.at !== 'after' || request.method !== kill.method) return undefined;
      process_.kill('SIGKILL');
      return once(process_, 'close').then(() => undefined);
    };
  }
}

async function during(service: string, use: (trial: Trial) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-subscriptions-'));
  const trial = new Trial(folder, await generateX25519Identity(), service);
  await trial.github.start();
  try {
    await use(trial);
  } finally {
    trial.github.close();
    await rm(folder, { recursive: true });
  }
}

function repositoriesOf({ hooks }: PlayedGitHub): string[] {
  return hooks.map(({ repository }) => repository);
}

test('killed while it subscribes or ends a subscription, the runner leaves exactly what is wanted', async () => {
  await during('github', async (trial) => {
    const { github } = trial;
    await trial.start(['acme/shop'], { at: 'after', method: 'POST' });
    assert.deepEqual(repositoriesOf(github), ['acme/shop']);
    const adopted = await trial.start(['acme/shop']);
    assert.deepEqual(adopted, [{ key: 'acme/shop', status: 'active', remoteId: String(github.hooks[0]?.id) }]);
    // It is found by its address, and its secret is set again, to be sure of it.
    const path = '/repos/acme/shop/hooks';
    assert.deepEqual(github.requests, [`GET ${path}`, `PATCH ${path}/${github.hooks[0]?.id}`]);
    await trial.start(['acme/site'], { at: 'before', method: 'POST' });
    await trial.start(['acme/site']);
    assert.deepEqual(repositoriesOf(github), ['acme/site']);
    // Of the account's files nothing is left that its subscription could be ended with.
    await trial.start([], { at: 'after', method: 'DELETE' });
    assert.deepEqual(repositoriesOf(github), []);
    assert.deepEqual(await trial.start([]), []);
  });
});

test('where the service told the key to a process that is no more, another subscription takes its place', async () => {
  await during('forge', async (trial) => {
    const { github } = trial;
    await trial.start(['acme/shop'], { at: 'after', method: 'POST' });
    const lost = String(github.hooks[0]?.id);
    const [kept] = (await trial.start(['acme/shop'])) ?? [];
    assert.deepEqual(repositoriesOf(github), ['acme/shop']);
    assert.deepEqual([kept?.status, kept?.remoteId], ['active', String(github.hooks[0]?.id)]);
    assert.notEqual(kept?.remoteId, lost);
    const path = '/repos/acme/shop/hooks';
    assert.deepEqual(github.requests, [`GET ${path}`, `DELETE ${path}/${lost}`, `POST ${path}`]);
  });
});
