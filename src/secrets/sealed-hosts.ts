import { SecretError } from './secret-error.ts';
import type { SopsTree } from './sops-tree.ts';

/**
 * The field beside the secret ones that holds the hosts which they may be sent to. By its end SOPS leaves it readable,
 * and covers it with the MAC.
 */
export const HOSTS_FIELD = 'hosts_unencrypted';

const HOST = /^(?:(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/i;
const SEALED = /^https:\/\/([^/]+)\/$/;

/**
 * Hosts as they stand in a connection's file: `https://<host>/`. The MAC covers the values one after the other without
 * their borders, so a bare name could be cut in two (`api.example.com` → `api.exam`, `ple.com`) under the same MAC; with
 * a beginning and an end that no host has in it, it cannot. Throws `SecretError` where one is no host.
 */
export function writeSealedHosts(hosts: readonly string[]): string[] {
  return [...new Set(hosts)].map((host) => {
    if (!HOST.test(host))
      throw new SecretError('bad_connection_file', `\`${host}\` is not the name of a host`, {
        help: 'write it without https:// and without a path, such as api.example.com or *.example.com',
      });
    return `https://${host}/`;
  });
}

/** The names of the hosts. Throws `SecretError` where they are missing, or not as `writeSealedHosts` writes them. */
export function readSealedHosts(tree: SopsTree | undefined, path: readonly string[]): string[] {
  if (tree?.kind !== 'array') throw badHosts('the file does not say which hosts the credential may be sent to', path);
  return tree.items.map((item) => {
    const [, host] = (item.kind === 'string' ? SEALED.exec(item.value) : undefined) ?? [];
    if (host === undefined || !HOST.test(host))
      throw badHosts('a sealed host must be written as https://<host>/', path);
    return host;
  });
}

function badHosts(message: string, path: readonly string[]): SecretError {
  const [account = '', connection = ''] = path;
  return new SecretError('bad_connection_file', message, {
    path,
    help: `waybill connect ${account} ${connection} --web`,
  });
}
