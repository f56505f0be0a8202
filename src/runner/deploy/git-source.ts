import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SimpleGit } from 'simple-git';
import { CommitError, readTree } from '../../workspace/read-commit.ts';
import type { SourceTree } from '../../workspace/source-tree.ts';
import { GitWriter, type GitBranch } from '../connecting/git-writer.ts';
import type { DeploySource, NewestRevision } from './deploy-source.ts';
import { describeGitError } from './git-error.ts';
import { openGit, type GitAccess } from './git-process.ts';
import { removeStaleLocks } from './git-locks.ts';
import { prepareSigners, type AllowedSigners, type SignerSettings } from './signers.ts';
import { Stall } from './stall.ts';

export interface GitSourceOptions {
  /** Address of the repository, or path of a local one. */
  repository: string;
  branch: string;
  /** The workspace's folder from the repository's root on; empty is the root. */
  path: string;
  /** Folder of the mirror and of the allowed keys, which is the runner's alone. Deleting it costs only a fetch. */
  folder: string;
  /** Asked for at each fetch: a token may be replaced while the runner is up. */
  access: () => Promise<GitAccess>;
  /** Whose signatures a commit must have; `undefined` asks for none. */
  signers: AllowedSigners | undefined;
}

const NO_ACCESS: GitAccess = { token: undefined, sshKey: undefined };

/** The newest commit of the branch, in the mirror. */
const HEAD = 'refs/waybill/head';

/** A branch of a git repository, through a mirror of our own that keeps what was fetched. */
export class GitSource implements DeploySource, GitBranch {
  readonly name: string;
  readonly writer = new GitWriter(this);
  readonly repository: string;
  readonly branch: string;
  readonly path: string;
  readonly mirror: string;
  private readonly options: GitSourceOptions;
  private readonly abort = new AbortController();
  private opened: Promise<SignerSettings> | undefined;
  /** What the mirror has of the branch, once it is known. */
  private head: string | undefined;
  /** Two fetches at a time would lock each other out. */
  private fetching: Promise<unknown> = Promise.resolve();

  constructor(options: GitSourceOptions) {
    this.options = options;
    const { repository, branch, path, folder } = options;
    this.repository = repository;
    this.branch = branch;
    this.path = path;
    this.mirror = join(folder, 'mirror.git');
    this.name = `${repository} ${branch}${path === '' ? '' : ` ${path}`}`;
  }

  newest(known: string | undefined): Promise<NewestRevision> {
    const newest = this.fetching.then(() => this.fetchNewest(known));
    this.fetching = newest.catch(() => undefined);
    return newest;
  }

  async connected(): Promise<SimpleGit> {
    return this.git(await this.options.access());
  }

  async resolve(name: string): Promise<string> {
    const revision = await this.local(name);
    if (revision !== undefined) return revision;
    throw new Stall('revision_unknown', `${this.name} has no commit ${name}, as far as it was fetched`);
  }

  async verify(revision: string): Promise<string | undefined> {
    if (this.options.signers === undefined) return undefined;
    const git = await this.git();
    try {
      await git.raw('verify-commit', revision);
    } catch (error) {
      const why = error instanceof Error ? error.message.trim().split('\n').at(-1) : '';
      throw new Stall('not_signed', `the commit is not signed by an allowed key${why ? ` (${why})` : ''}`);
    }
    return (await git.raw('log', '-1', '--format=%GS', revision)).trim() || 'an allowed key';
  }

  async read(revision: string): Promise<SourceTree> {
    try {
      return await readTree(this.mirror, revision, this.options.path);
    } catch (error) {
      if (!(error instanceof CommitError)) throw error;
      throw new Stall('not_read', `${error.message}; if it is damaged, delete ${this.mirror}`);
    }
  }

  stop(): void {
    this.abort.abort();
  }

  private async fetchNewest(known: string | undefined): Promise<NewestRevision> {
    const { repository, branch } = this;
    const git = await this.connected();
    const ref = `refs/heads/${branch}`;
    const listed = await this.ask(() => git.raw('ls-remote', '--', repository, ref));
    // A pattern also matches names that end so.
    const there = listed.split('\n').flatMap((line) => (line.endsWith(`\t${ref}`) ? [line.split('\t')[0]] : []))[0];
    if (there === undefined) {
      const gone = known === undefined ? 'has no branch' : 'has no branch any more that is called';
      throw new Stall('branch_missing', `${repository} ${gone} ${branch}`);
    }
    if (there !== (this.head ?? (await this.local(HEAD)))) {
      const flags = ['--no-tags', '--no-write-fetch-head', '--progress', '--force'];
      await this.ask(() => git.raw('fetch', ...flags, '--', repository, `+${ref}:${HEAD}`));
    }
    const revision = there === this.head ? there : await this.local(HEAD);
    this.head = revision;
    if (revision === undefined) throw new Stall('source_unreachable', `${repository} gave no commit of ${branch}`);
    return { revision, lost: await this.lost(known, revision) };
  }

  /** Git on the mirror, without access to anything else. */
  private async git(access: GitAccess = NO_ACCESS): Promise<SimpleGit> {
    this.opened ??= this.open();
    const signers = await this.opened;
    return openGit(this.mirror, this.options.repository, access, signers, this.abort.signal);
  }

  private async open(): Promise<SignerSettings> {
    const { repository, signers, folder } = this.options;
    try {
      const settings = await prepareSigners(signers, join(folder, 'gnupg'));
      mkdirSync(this.mirror, { recursive: true, mode: 0o700 });
      removeStaleLocks(this.mirror);
      const git = openGit(this.mirror, repository, NO_ACCESS, settings, this.abort.signal);
      // Safe on one that exists, and mends one that a crash left half made.
      await this.ask(() => git.raw('init', '--quiet', '--bare'));
      return settings;
    } catch (error) {
      this.opened = undefined;
      throw error;
    }
  }

  /** The commit that a name stands for in the mirror. */
  private async local(name: string): Promise<string | undefined> {
    const git = await this.git();
    const found = git.raw('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`);
    return found.then(
      (text) => text.trim(),
      () => undefined,
    );
  }

  private async lost(known: string | undefined, revision: string): Promise<number> {
    if (known === undefined || known === revision) return 0;
    const git = await this.git();
    // Where the mirror does not have the known commit, nothing can be said.
    return git.raw('rev-list', '--count', known, `^${revision}`).then(Number, () => 0);
  }

  private async ask<T>(call: () => PromiseLike<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw new Stall('source_unreachable', describeGitError(error, this.options.repository), { cause: error });
    }
  }
}
