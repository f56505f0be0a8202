import { simpleGit, type SimpleGit } from 'simple-git';
import type { SignerSettings } from './signers.ts';

/** How a repository is opened. */
export interface GitAccess {
  /** For https: a token that may read it. */
  token: string | undefined;
  /** For ssh: the file of a private key. */
  sshKey: string | undefined;
}

/** Milliseconds without a word after which git is given up. */
const SILENT_MS = 120_000;

/**
 * Git on a mirror. A token goes through the environment of git alone: it is in no command line and in no file. Whatever
 * `GIT_…` variables this process has do not reach git.
 */
export function openGit(
  mirror: string,
  repository: string,
  { token, sshKey }: GitAccess,
  signers: SignerSettings,
  abort: AbortSignal,
): SimpleGit {
  return simpleGit(mirror, {
    abort,
    allowEnvironment: ['GIT_DIR', 'GIT_TERMINAL_PROMPT', 'GIT_SSH_COMMAND'],
    config: [
      `gpg.ssh.allowedSignersFile=${signers.allowedSignersFile}`,
      ...(token === undefined ? [] : tokenHelper(repository)),
    ],
    // Without this, git's exit code counts only where it also said something.
    errors: (error, { exitCode, stdErr }) => {
      if (exitCode === 0) return undefined;
      const said = Buffer.concat(stdErr).toString();
      return error instanceof Error ? error : new Error(said || `git ended with ${exitCode}`);
    },
    timeout: { block: SILENT_MS },
    unsafe: { allowUnsafeSshCommand: true, allowUnsafeCredentialHelper: true },
  }).env({
    ...environmentOf(mirror),
    GNUPGHOME: signers.gnupgHome,
    ...(sshKey === undefined ? {} : { GIT_SSH_COMMAND: sshCommand(sshKey) }),
    ...(token === undefined ? {} : { WAYBILL_GIT_TOKEN: token }),
  });
}

/** The surroundings of every git on a mirror: what this process has, without what would lead git elsewhere. */
export function environmentOf(mirror: string): { [name: string]: string } {
  // Its words are read.
  return { ...passedOn(), GIT_DIR: mirror, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
}

/** simple-git refuses these where they are given outright, and drops them where they are only there. */
const GUARDED = /^(git.*|editor|pager|visual|prefix|ssh_askpass)$/i;

function passedOn(): { [name: string]: string } {
  const passed: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined && !GUARDED.test(name)) passed[name] = value;
  return passed;
}

/** For this host alone, and in place of all helpers that the user has. */
function tokenHelper(repository: string): string[] {
  const { origin, username } = new URL(repository);
  const name = username === '' ? `echo username=x-access-token; ` : '';
  const helper = `!f() { test "$1" = get || return; ${name}echo "password=$WAYBILL_GIT_TOKEN"; }; f`;
  return ['credential.helper=', `credential.${origin}.helper=${helper}`];
}

/** ssh with this key alone; it never asks anyone. */
function sshCommand(key: string): string {
  return `ssh -i '${key.replaceAll("'", `'\\''`)}' -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=30`;
}
