import { randomBytes } from 'node:crypto';
import type { SimpleGit } from 'simple-git';
import type { SourceTree } from '../../workspace/source-tree.ts';
import { describeGitError } from '../deploy/git-error.ts';
import type { DeploySource } from '../deploy/deploy-source.ts';
import { commitFiles } from './commit-files.ts';
import { ConnectError } from './connect-error.ts';
import { pullRequestLink } from './pull-request-link.ts';
import type { ProposedChange, WorkspaceWriter, Written } from './workspace-writer.ts';

/** A branch of a repository, and the mirror that has what was fetched of it. */
export interface GitBranch extends Pick<DeploySource, 'newest' | 'verify' | 'read'> {
  repository: string;
  branch: string;
  /** The workspace's folder from the repository's root on; empty is the root. */
  path: string;
  /** Folder of the mirror. */
  mirror: string;
  /** Git on the mirror, with access to the repository. */
  connected(): Promise<SimpleGit>;
}

/** Whom a commit's author writes from: there is nobody to write to. */
const EMAIL = 'waybill@localhost';

/** Commits on top of the branch's newest commit, and pushes that as a branch of its own, for a pull request. */
export class GitWriter implements WorkspaceWriter {
  private readonly branch: GitBranch;

  constructor(branch: GitBranch) {
    this.branch = branch;
  }

  async read(): Promise<SourceTree> {
    return (await this.newest()).tree;
  }

  async write({ name, message, author, make }: ProposedChange): Promise<Written> {
    const { repository, branch: base, path, mirror } = this.branch;
    const { revision, tree } = await this.newest();
    const files = make(tree);
    const prefix = path === '' ? '' : `${path}/`;
    const inRepository = new Map([...files].map(([file, text]) => [prefix + file, text]));
    const branch = `${name}-${randomBytes(3).toString('hex')}`;
    const commit = await commitFiles(mirror, {
      parent: revision,
      files: inRepository,
      message: `${message}\n`,
      author: { name: plainName(author), email: EMAIL },
    });
    try {
      const git = await this.branch.connected();
      await git.raw('push', '--quiet', '--', repository, `${commit}:refs/heads/${branch}`);
    } catch (error) {
      throw new ConnectError(describeGitError(error, repository, 'pushed to'), undefined, { cause: error });
    }
    return {
      kind: 'branch',
      branch,
      base,
      commit,
      link: pullRequestLink(repository, branch, base),
      paths: [...inRepository.keys()],
    };
  }

  /** Where commits must be signed, also this one: whoever changes an account's public keys could read what comes. */
  private async newest(): Promise<{ revision: string; tree: SourceTree }> {
    const { revision } = await this.branch.newest(undefined);
    await this.branch.verify(revision);
    return { revision, tree: await this.branch.read(revision) };
  }
}

/** A name that git takes: on one line, without what encloses the address, and more than signs, which git takes away. */
function plainName(name: string): string {
  return /[\p{L}\p{N}]/u.test(name) ? name.replaceAll(/[\p{Cc}<>]/gu, ' ').trim() : 'Waybill';
}
