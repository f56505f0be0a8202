import { renderTable } from './render-table.ts';
import type { SecretFile } from './secret-files.ts';

/** The secret fields of connections, each with the service's page where it is made and the command that follows. */
export function credentialsToChange(files: readonly SecretFile[]): string {
  const rows = files.flatMap(({ account, connection, connector, spec, inspected }) =>
    inspected.fields.map((name) => {
      const field = spec.fields[name];
      const where = field?.help_url ?? connector.docs ?? connector.title;
      return [`${account}/${connection}`, field?.title ?? name, where, `waybill connect ${account} ${connection}`];
    }),
  );
  return renderTable(rows);
}
