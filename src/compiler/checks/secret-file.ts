import { consentOf } from '../../connectors/auth-way.ts';
import { fieldsInUse, fieldsWithDefaults, requiredSecrets } from '../../connectors/connection-fields.ts';
import type { ConnectionSpec } from '../../generated/connector.ts';
import type { JsonObject } from '../../json/value.ts';
import type { Account } from '../../generated/account.ts';
import type { InspectedConnection } from '../../secrets/inspect.ts';
import { secretPath, type Source } from '../../workspace/workspace.ts';
import { connectionsOf, type CompileContext } from '../context.ts';
import { reportSecretsFile } from '../report-secrets-file.ts';
import { sharedFields } from '../shared-credentials.ts';

/** Every secrets file is encrypted, belongs where it lies, has the fields, and is for the account's keys. No key is needed. */
export function checkSecretFiles(context: CompileContext): void {
  const expected = new Set<string>();
  for (const [account, source] of context.workspace.accounts) {
    for (const [name, { connector }] of Object.entries(connectionsOf(source))) {
      const spec = context.catalog.get(connector)?.connection;
      expected.add(secretPath(account, name));
      if (spec !== undefined) checkSecret(context, { account, source, name, spec });
    }
  }
  for (const [file, inspection] of context.secrets) {
    if (!inspection.ok) {
      const { message, path, help } = inspection.error;
      reportSecretsFile(context, 'WB5005', file, path === undefined ? message : `${message} (at ${path})`, help);
    } else if (!expected.has(file)) {
      const message = 'no account has a connection for this file';
      reportSecretsFile(context, 'WB5005', file, message, 'name the connection in account.json, or remove the file');
    }
  }
}

interface AccountConnection {
  account: string;
  source: Source<Account>;
  name: string;
  spec: ConnectionSpec;
}

function checkSecret(context: CompileContext, { account, source, name, spec }: AccountConnection): void {
  const file = secretPath(account, name);
  const inspection = context.secrets.get(file);
  const own = connectionsOf(source)[name];
  const fields = fieldsWithDefaults(spec, own?.fields ?? {});
  const elsewhere = own === undefined ? [] : sharedFields(context.sharedCredentials, own);
  const needed = requiredSecrets(spec, fields).filter((field) => !elsewhere.includes(field));
  const help = `waybill connect ${account} ${name} --web`;
  if (inspection === undefined) {
    if (needed.length === 0) return;
    const message = `the connection has no credential: ${file} is missing`;
    const consent =
      consentOf(spec, fields) === undefined ? '' : `; once it is deployed: waybill oauth link ${account} ${name}`;
    context.report(source.document.diagnostic('WB5004', ['connections', name], message, { help: help + consent }));
    return;
  }
  if (!inspection.ok) return;
  const problem = problemOf(inspection.file, { account, name, spec, fields, needed });
  if (problem !== undefined) reportSecretsFile(context, 'WB5005', file, problem, help);
  if (inspection.file.recipients.toSorted().join() !== source.value.recipients.toSorted().join()) {
    const message = `the file is not encrypted to exactly the recipients of automations/${account}/account.json`;
    reportSecretsFile(context, 'WB5006', file, message, `waybill secrets updatekeys ${account}, or ${help}`);
  }
}

function problemOf(
  file: InspectedConnection,
  {
    account,
    name,
    spec,
    fields,
    needed,
  }: Pick<AccountConnection, 'account' | 'name' | 'spec'> & { fields: JsonObject; needed: string[] },
): string | undefined {
  if (file.account !== account || file.connection !== name)
    return `the file was made for ${file.account}/${file.connection}`;
  const missing = needed.filter((field) => !file.fields.includes(field));
  if (missing.length > 0) return `the credential lacks ${missing.join(', ')}`;
  const inUse = new Map(fieldsInUse(spec, fields));
  const unknown = file.fields.filter((field) => inUse.get(field)?.secret !== true);
  return unknown.length > 0 ? `the connection has no secret field ${unknown.join(', ')}` : undefined;
}
