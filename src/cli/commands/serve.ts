import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { GithubClient } from '../../github/github-client.ts';
import { followSource } from '../../runner/deploy/follow.ts';
import { GitSource } from '../../runner/deploy/git-source.ts';
import { reportStatus } from '../../runner/deploy/report-status.ts';
import { count } from '../../runner/deploy/words.ts';
import { Runner } from '../../runner/runner.ts';
import { serve as listen } from '../../server/serve.ts';
import type { StoreError } from '../../store/store-error.ts';
import { UsageError } from '../exit.ts';
import { identitySource } from '../identities.ts';
import { describeReconciled } from '../render-deploy.ts';
import { repositoryAddress } from '../repository-address.ts';
import { dataFolder } from '../runner-client.ts';
import {
  backlogOf,
  listenAddress,
  logRuns,
  requireAccess,
  reroutesOf,
  allowPrivateOf,
  auditLimitsOf,
  stopServer,
  tell,
  untilItStops,
  type RunnerProcessOptions,
} from '../runner-process.ts';

export interface ServeOptions extends RunnerProcessOptions {
  repo: string;
  branch: string;
  path: string;
  /** Seconds. */
  interval: number;
  data?: string;
  tokenFile?: string;
  tokenEnv?: string;
  sshKey?: string;
  allowedSigners?: string;
  allowedGpgKeys?: string;
  pushSecretFile?: string;
  atomic?: true;
  github?: string;
  githubTokenFile?: string;
  githubApi: string;
}

/** `waybill serve`: the runner on a branch of a repository, until it is interrupted. */
export async function serve(options: ServeOptions): Promise<number> {
  const address = listenAddress(options);
  // What cannot be read is told at once, not at the first fetch.
  const token = tokenSource(options);
  await token();
  if (options.githubTokenFile !== undefined) await secretIn(options.githubTokenFile);
  for (const file of [options.sshKey, options.allowedSigners, options.allowedGpgKeys])
    if (file !== undefined) await secretIn(file);
  const pushSecret = options.pushSecretFile === undefined ? undefined : await secretIn(options.pushSecretFile);
  const data = dataFolder(options);
  const broken = Promise.withResolvers<StoreError>();
  const runner = new Runner({
    onBroken: broken.resolve,
    source: sourceOf(options, data, token),
    data,
    identities: identitySource(options),
    reroutes: reroutesOf(options),
    allowPrivate: allowPrivateOf(options),
    auditLimits: auditLimitsOf(options),
    publicUrl: address.publicUrl,
    backlog: backlogOf(options),
    secretsMustOpen: true,
    atomic: options.atomic === true,
    ...reporterOf(options),
    onError: tell,
  });
  await requireAccess(address, runner);
  const resumed = await runner.begin();
  const { reconciler } = runner;
  const pushed = (): void => void reconciler.reconcile('push').catch(tell);
  const push = pushSecret === undefined ? undefined : { secret: pushSecret, pushed };
  const server = await listen({ runner, ...address, push });
  console.log(`The runner is up at ${server.url}; its data is in ${data}.`);
  const { size } = runner.deployed();
  console.log(
    size === 0 ? 'Nothing is deployed yet.' : `Deployed before and served again: ${count(size, 'automation')}.`,
  );
  if (resumed > 0) console.log(`${count(resumed, 'run')} that had not ended: taken up again.`);
  const unwatchRuns = logRuns(runner);
  const unwatchDeploys = reconciler.watch((reconciled) => {
    for (const line of describeReconciled(reconciled)) console.log(runner.redactor.text(line));
  });
  const unfollow = followSource(reconciler, options.interval * 1000, tell);
  const code = await untilItStops(broken.promise);
  unfollow();
  unwatchDeploys();
  unwatchRuns();
  await stopServer(server);
  return code;
}

function sourceOf(options: ServeOptions, data: string, token: () => Promise<string | undefined>): GitSource {
  const { branch, tokenFile, tokenEnv, sshKey, allowedSigners: ssh, allowedGpgKeys: gpg } = options;
  const signed = ssh !== undefined || gpg !== undefined;
  const key = sshKey === undefined ? undefined : resolve(sshKey);
  return new GitSource({
    repository: repositoryAddress(options.repo, tokenFile !== undefined || tokenEnv !== undefined),
    branch,
    path: folderWithin(options.path),
    folder: join(data, 'git'),
    access: async () => ({ token: await token(), sshKey: key }),
    signers: signed ? { ssh: ssh && resolve(ssh), gpg: gpg && resolve(gpg) } : undefined,
  });
}

/** The workspace's folder as git names it; empty is the root. */
function folderWithin(path: string): string {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..'))
    throw new UsageError(`${path} leads out of the repository`, 'name a folder from the root of the repository on');
  return names.join('/');
}

/** Gives the token for https. A file is read each time; a variable is taken out of the environment, so that no other process gets it. */
function tokenSource({ tokenFile, tokenEnv }: ServeOptions): () => Promise<string | undefined> {
  if (tokenFile !== undefined && tokenEnv !== undefined)
    throw new UsageError('give --token-file or --token-env, not both');
  if (tokenFile !== undefined) return () => secretIn(tokenFile);
  const token = tokenEnv === undefined ? undefined : process.env[tokenEnv];
  if (tokenEnv !== undefined && !token) throw new UsageError(`the environment has no ${tokenEnv}`);
  if (tokenEnv !== undefined) delete process.env[tokenEnv];
  return () => Promise.resolve(token);
}

function reporterOf({
  github,
  githubTokenFile,
  githubApi,
}: ServeOptions): Pick<ConstructorParameters<typeof Runner>[0], 'report'> {
  if (github === undefined && githubTokenFile === undefined) return {};
  if (github === undefined || githubTokenFile === undefined)
    throw new UsageError('commit statuses need both --github and --github-token-file');
  if (!/^[\w.-]+\/[\w.-]+$/.test(github)) throw new UsageError(`${github} is not OWNER/NAME`);
  const api = githubApi.replace(/\/+$/, '');
  const client = new GithubClient({ api, repository: github, token: () => secretIn(githubTokenFile) });
  return { report: (outcome) => reportStatus(client, outcome) };
}

/** What a file holds, without the end of its line. */
async function secretIn(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const secret = text.trim();
  if (secret === '') throw new UsageError(`${file} is empty`);
  return secret;
}
