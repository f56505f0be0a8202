import { count } from '../count.ts';
import { EXIT } from '../exit.ts';
import type { Format } from '../options.ts';
import { renderTable } from '../render-table.ts';
import { readSecretFiles, selectSecretFiles } from '../secret-files.ts';

export interface ListSecretsOptions {
  workspace?: string;
  format: Format;
}

/** `waybill secrets list [ACCOUNT]`: what is kept, for which hosts and since when. Needs no key and shows no value. */
export async function list(account: string | undefined, options: ListSecretsOptions): Promise<number> {
  const files = selectSecretFiles(await readSecretFiles(options), account);
  if (options.format === 'json') {
    const secrets = files.map((file) => ({
      account: file.account,
      connection: file.connection,
      connector: file.connector.name,
      fields: file.inspected.fields,
      hosts: file.inspected.hosts,
      recipients: file.inspected.recipients,
      changed_at: file.inspected.lastmodified,
    }));
    console.log(JSON.stringify({ secrets }));
    return EXIT.clean;
  }
  const rows = files.map(({ account: owner, connection, inspected: { fields, hosts, recipients, lastmodified } }) => [
    `${owner}/${connection}`,
    fields.join(', ') || '-',
    hosts.join(', '),
    count(recipients.length, 'key'),
    lastmodified,
  ]);
  if (rows.length === 0) console.log('There are no secrets.');
  else console.log(renderTable([['CONNECTION', 'FIELDS', 'MAY GO TO', 'READABLE BY', 'CHANGED'], ...rows]));
  return EXIT.clean;
}
