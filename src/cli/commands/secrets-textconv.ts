import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { inspectConnectionFile } from '../../secrets/inspect.ts';
import { shortRecipient } from '../../secrets/recipient.ts';
import { readSopsTree, childOf, type SopsTree } from '../../secrets/sops-tree.ts';
import { EXIT } from '../exit.ts';

/**
 * `waybill secrets textconv FILE`: a secrets file as git shows it in a diff: which fields changed, for which hosts and
 * whom, and no value. What is no secrets file comes out as it is. Needs no key, and never fails on what a file holds.
 */
export async function textconv(file: string): Promise<number> {
  const text = await readFile(file, 'utf8');
  process.stdout.write(describe(text) ?? text);
  return EXIT.clean;
}

function describe(text: string): string | undefined {
  const inspection = inspectConnectionFile(text);
  if (!inspection.ok) return undefined;
  const { account, connection, fields, hosts, recipients } = inspection.file;
  const tree = childOf(childOf(readSopsTree(text), account) ?? EMPTY, connection) ?? EMPTY;
  return [
    `connection ${account}/${connection}`,
    ...fields.map((field) => `field ${field}: encrypted, ${fingerprint(childOf(tree, field))}`),
    ...hosts.map((host) => `may be sent to ${host}`),
    ...recipients.map((recipient) => `readable by ${shortRecipient(recipient)}`),
    '',
  ].join('\n');
}

const EMPTY: SopsTree = { kind: 'object', entries: [] };

/** Of the ciphertext: it says that a value changed, and nothing of the value. */
function fingerprint(tree: SopsTree | undefined): string {
  const text = tree?.kind === 'string' ? tree.value : '';
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
