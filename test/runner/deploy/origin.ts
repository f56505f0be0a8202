import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import { GitSource, type GitSourceOptions } from '../../../src/runner/deploy/git-source.ts';
import { Reconciler } from '../../../src/runner/deploy/reconciler.ts';
import type { DeploySettings } from '../../../src/runner/deploy/work.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../src/store/store.ts';

/** The public half of a key that nobody needs. */
export const RECIPIENT = 'age1x75zpmgtwv2hxyv0leu46vte3upyk9spxpylddwe6fknjxtqpyhs8pm47h';

/** A folder that goes when the tests of the file have ended. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-deploy-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A repository that people push to. */
export class Origin {
  readonly folder: string;

  constructor(folder = newFolder()) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    this.git('init', '--quiet', '--initial-branch=main');
    this.write('waybill.json', '{"waybill":"0.1.0"}');
  }

  git(...args: string[]): string {
    const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.com'];
    return execFileSync('git', ['-C', this.folder, ...identity, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim();
  }

  write(path: string, content: string | object): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }

  account(name: string, more: object = {}): void {
    this.write(`automations/${name}/account.json`, { name, recipients: [RECIPIENT], ...more });
  }

  /** An automation that stores a value; one that begins with `${{` is an expression. */
  automation(account: string, name: string, value: string): void {
    this.write(`automations/${account}/${name}.json`, {
      name,
      trigger: { webhook: { body: { type: 'object' }, verify: 'none' } },
      steps: [{ id: 'save', uses: 'storage.set', with: { key: 'k', value } }],
    });
  }

  /** Commits everything as it lies. Gives the commit. */
  commit(...args: string[]): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', 'x', ...args);
    return this.git('rev-parse', 'HEAD');
  }
}

export interface Deployer {
  store: Store;
  reconciler: Reconciler;
  settings: DeploySettings;
  data: string;
  /** `<account>/<automation>` to the value that its plan stores. */
  serving: () => { [name: string]: unknown };
  /** Status, and the code of the reason, by account; the whole under ''. */
  statuses: () => { [account: string]: string };
  close: () => Promise<void>;
}

export interface DeployerOptions {
  data?: string;
  settings?: Partial<DeploySettings>;
  source?: Partial<GitSourceOptions>;
}

export function gitSource(origin: string, data: string, more: Partial<GitSourceOptions> = {}): GitSource {
  return new GitSource({
    repository: origin,
    branch: 'main',
    path: '',
    folder: join(data, 'git'),
    access: () => Promise.resolve({ token: undefined, sshKey: undefined }),
    signers: undefined,
    ...more,
  });
}

/** A reconciler on a store of its own that follows `main`. */
export function deployer(origin: string, options: DeployerOptions = {}): Deployer {
  const data = options.data ?? newFolder();
  const store = openSqliteStore(data);
  const settings: DeploySettings = {
    store,
    source: gitSource(origin, data, options.source),
    program: 'test',
    identities: () => Promise.resolve([]),
    secretsMustOpen: true,
    atomic: false,
    switchTo: () => Promise.resolve(),
    report: undefined,
    now: Date.now,
    ...options.settings,
  };
  const reconciler = new Reconciler(settings);
  const close = async (): Promise<void> => {
    await reconciler.stop();
    await store.close();
  };
  after(close);
  return {
    store,
    reconciler,
    settings,
    data,
    serving: () => servingOf(store),
    statuses: () => statusesOf(store),
    close,
  };
}

export function servingOf(store: Store): { [name: string]: unknown } {
  const entries = store.deployments.current()?.entries ?? [];
  return Object.fromEntries(
    entries.map(({ account, automation, plan }) => {
      const { steps } = JSON.parse(store.deployments.plan(plan) ?? '') as { steps: { with: { value: unknown } }[] };
      return [`${account}/${automation}`, steps[0]?.with.value];
    }),
  );
}

function statusesOf(store: Store): { [account: string]: string } {
  return Object.fromEntries(
    store.inventory.list().map(({ account, status, reason }) => [account, reason?.code ?? status]),
  );
}
