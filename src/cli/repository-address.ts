import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from './exit.ts';

/**
 * The address of a repository as git takes it: https, ssh, `user@host:path`, or a path of this machine, which is made
 * absolute. Throws `UsageError` where it holds a password, which would be shown, or would be sent unencrypted.
 */
export function repositoryAddress(text: string, withToken: boolean): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//.test(text)) return checkUrl(text, withToken);
  if (/^[a-z0-9]+::/.test(text))
    throw new UsageError(`${text} is not taken`, 'use https, ssh or a path of this machine');
  if (withToken) throw new UsageError('a token is for https', 'for ssh give --ssh-key, for a path nothing');
  // As git reads it: a colon before any slash is a host's, unless there is such a file.
  const remote = /^[^/]+:/.test(text) && !existsSync(text);
  // A path that is not there now may be there soon, such as on a disk that is mounted.
  return remote ? text : resolve(text);
}

function checkUrl(text: string, withToken: boolean): string {
  if (!URL.canParse(text)) throw new UsageError(`${text} is not an address`);
  const { protocol, password, hostname } = new URL(text);
  if (password !== '')
    throw new UsageError('the address holds a password', 'put it into a file, and name that with --token-file');
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (protocol === 'http:' && !loopback)
    throw new UsageError('http is not encrypted', 'use the https address of the repository');
  if (!['https:', 'http:', 'ssh:', 'file:'].includes(protocol))
    throw new UsageError(`${protocol}// is not taken`, 'use https, ssh or a path of this machine');
  if (withToken && protocol !== 'https:' && protocol !== 'http:')
    throw new UsageError('a token is for https', 'for ssh give --ssh-key');
  return text;
}
