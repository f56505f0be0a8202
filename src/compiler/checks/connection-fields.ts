import { RE2JS } from 're2js';
import { bareValue, fieldsInUse, fieldsWithDefaults } from '../../connectors/connection-fields.ts';
import type { AccountConnection } from '../../generated/account.ts';
import type { Field } from '../../generated/connector.ts';
import { connectionsOf, type CompileContext } from '../context.ts';
import { missingConnector } from '../missing-connector.ts';

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
    const { message, help } =
      connector === undefined
        ? missingConnector(connection.connector, catalog)
        : { message: `${connector.title} needs no connection`, help: undefined };
    report(document.diagnostic('WB2001', [...path, 'connector'], message, { help }));
    return;
  }
  const { fields } = connector.connection;
  const given = connection.fields ?? {};
  const inUse = fieldsInUse(connector.connection, fieldsWithDefaults(connector.connection, given));
  for (const [field, value] of Object.entries(given)) {
    const problem = problemOf(fields[field], field, value) ?? unusedProblem(inUse, field, fields[field]);
    if (problem === undefined) continue;
    const finding = document.diagnostic('WB5003', [...path, 'fields', field], problem.message, { help: problem.help });
    report(problem.secret === true ? { ...finding, hidden: true } : finding);
  }
  for (const [field, spec] of inUse) {
    if (spec.secret === true || spec.required === false || spec.default !== undefined || Object.hasOwn(given, field))
      continue;
    report(
      document.diagnostic('WB5003', path, `the connection lacks the field \`${field}\` (${spec.title})`, {
        help: spec.description,
      }),
    );
  }
}

interface Problem {
  message: string;
  help?: string;
  /** The place holds a secret, and is not shown. */
  secret?: true;
}

function problemOf(spec: Field | undefined, name: string, value: unknown): Problem | undefined {
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
  if (spec.pattern !== undefined && typeof value === 'string' && !fits(spec.pattern, bareValue(spec, value)))
    return {
      message: `\`${name}\` does not have the form ${spec.pattern}`,
      ...(spec.description === undefined ? {} : { help: spec.description }),
    };
  return undefined;
}

/** A field whose condition is not met would be read by nobody, or by a template that does not expect it. */
function unusedProblem(
  inUse: readonly (readonly [string, Field])[],
  name: string,
  spec: Field | undefined,
): Problem | undefined {
  if (spec?.when === undefined || inUse.some(([field]) => field === name)) return undefined;
  const { field, is } = spec.when;
  return { message: `\`${name}\` belongs here only where \`${field}\` is ${is.join(' or ')}`, help: 'leave it out' };
}

/** A pattern that cannot be read is a finding of its own. */
function fits(pattern: string, value: string): boolean {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(pattern)).matches(value);
  } catch {
    return true;
  }
}
