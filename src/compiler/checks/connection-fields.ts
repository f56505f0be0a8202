import type { AccountConnection } from '../../generated/account.ts';
import type { Field } from '../../generated/connector.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import { connectionsOf, type CompileContext } from '../context.ts';

/** The fields of each connection in account.json are those that its connector asks for, of the right kind. */
export function checkConnections(context: CompileContext): void {
  for (const [account, source] of context.workspace.accounts) {
    for (const [name, connection] of Object.entries(connectionsOf(source)))
      checkConnection(context, account, name, connection);
  }
}

function checkConnection(
  { workspace, catalog, report }: CompileContext,
  account: string,
  name: string,
  connection: AccountConnection,
): void {
  const document = workspace.accounts.get(account)?.document;
  const path = ['connections', name];
  const connector = catalog.get(connection.connector);
  if (document === undefined) return;
  if (connector?.connection === undefined) {
    const message =
      connector === undefined
        ? `there is no connector \`${connection.connector}\``
        : `${connector.title} needs no connection`;
    const near = nearestName(connection.connector, catalog.names());
    report(
      document.diagnostic('WB2001', [...path, 'connector'], message, {
        help: near === undefined || connector !== undefined ? undefined : `did you mean \`${near}\`?`,
      }),
    );
    return;
  }
  const { fields } = connector.connection;
  const given = connection.fields ?? {};
  for (const [field, value] of Object.entries(given)) {
    const problem = problemOf(fields[field], field, value);
    if (problem === undefined) continue;
    const finding = document.diagnostic('WB5003', [...path, 'fields', field], problem.message, { help: problem.help });
    report(problem.secret === true ? { ...finding, hidden: true } : finding);
  }
  for (const [field, spec] of Object.entries(fields)) {
    if (spec.secret === true || spec.required === false || spec.default !== undefined || Object.hasOwn(given, field))
      continue;
    report(
      document.diagnostic('WB5003', path, `the connection lacks the field \`${field}\` (${spec.title})`, {
        help: spec.description,
      }),
    );
  }
}

function problemOf(
  spec: Field | undefined,
  name: string,
  value: unknown,
): { message: string; help?: string; secret?: true } | undefined {
  if (spec === undefined) return { message: `the connector has no field \`${name}\`` };
  if (spec.secret === true) {
    return {
      message: `\`${name}\` is secret and must not stand here`,
      help: 'remove it here, change it at the service, and use `waybill connect`',
      secret: true,
    };
  }
  const kind = Array.isArray(value) ? 'list' : typeof value;
  const wanted = spec.type ?? 'string';
  if (kind !== wanted) return { message: `\`${name}\` must be a ${wanted}` };
  if (spec.enum !== undefined && typeof value === 'string' && !spec.enum.includes(value)) {
    return { message: `\`${name}\` must be one of ${spec.enum.join(', ')}` };
  }
  return undefined;
}
