import type { ConnectionSpec } from '../../generated/connector.ts';
import { WHOLE_FILE } from '../../workspace/source-tree.ts';
import { secretPath } from '../../workspace/workspace.ts';
import { inspectConnectionFile } from '../../secrets/inspect.ts';
import { connectionsOf, type CompileContext } from '../context.ts';
import type { Code } from '../../diagnostics/registry.ts';

/** Every secrets file is encrypted, belongs where it lies, has the fields, and is for the account's keys. No key is needed. */
export function checkSecretFiles(context: CompileContext): void {
  const { workspace, report } = context;
  const expected = new Set<string>();
  for (const [account, source] of workspace.accounts) {
    for (const [name, { connector }] of Object.entries(connectionsOf(source))) {
      const spec = context.catalog.get(connector)?.connection;
      expected.add(secretPath(account, name));
      if (spec !== undefined) checkSecret(context, account, name, spec);
    }
  }
  for (const [file, text] of workspace.secrets) {
    const inspection = inspectConnectionFile(text);
    if (!inspection.ok)
      reportFile(
        report,
        'WB5005',
        file,
        describe(inspection.error.message, inspection.error.path),
        inspection.error.help,
      );
    else if (!expected.has(file))
      reportFile(
        report,
        'WB5005',
        file,
        'no account has a connection for this file',
        'name the connection in account.json, or remove the file',
      );
  }
}

function checkSecret({ workspace, report }: CompileContext, account: string, name: string, spec: ConnectionSpec): void {
  const source = workspace.accounts.get(account);
  const file = secretPath(account, name);
  const text = workspace.secrets.get(file);
  const required = Object.entries(spec.fields).flatMap(([field, { secret, required: needed }]) =>
    secret === true && needed !== false ? [field] : [],
  );
  const again = `waybill connect ${account} ${name}`;
  if (source === undefined) return;
  if (text === undefined) {
    if (required.length === 0) return;
    report(
      source.document.diagnostic(
        'WB5004',
        ['connections', name],
        `the connection has no credential: ${file} is missing`,
        { help: again },
      ),
    );
    return;
  }
  const inspection = inspectConnectionFile(text);
  if (!inspection.ok) return;
  if (inspection.account !== account || inspection.connection !== name) {
    reportFile(report, 'WB5005', file, `the file was made for ${inspection.account}/${inspection.connection}`, again);
    return;
  }
  const missing = required.filter((field) => !inspection.fields.includes(field));
  if (missing.length > 0) reportFile(report, 'WB5005', file, `the credential lacks ${missing.join(', ')}`, again);
  const unknown = inspection.fields.filter((field) => spec.fields[field]?.secret !== true);
  if (unknown.length > 0)
    reportFile(report, 'WB5005', file, `the connector has no secret field ${unknown.join(', ')}`, again);
  if (inspection.recipients.toSorted().join() !== source.value.recipients.toSorted().join()) {
    reportFile(
      report,
      'WB5006',
      file,
      `the file is not encrypted to exactly the recipients of automations/${account}/account.json`,
      again,
    );
  }
}

function describe(message: string, path: string | undefined): string {
  return path === undefined ? message : `${message} (at ${path})`;
}

function reportFile(
  report: CompileContext['report'],
  code: Code,
  file: string,
  message: string,
  help: string | undefined,
): void {
  report({
    code,
    severity: 'error',
    message,
    file,
    pointer: '',
    range: WHOLE_FILE,
    ...(help === undefined ? {} : { help }),
  });
}
