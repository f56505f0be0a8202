import { fieldsInUse, fieldsWithDefaults } from '../../connectors/connection-fields.ts';
import { hostAllowed } from '../../connectors/hosts.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import type { ConnectionSpec } from '../../generated/connector.ts';
import { SHARED, secretPath } from '../../workspace/workspace.ts';
import { hostsOf } from '../connection-hosts.ts';
import { connectionsOf, type CompileContext } from '../context.ts';
import { missingConnector } from '../missing-connector.ts';
import { reportSecretsFile } from '../report-secrets-file.ts';
import { isSharedSecret, type SharedCredentialSource } from '../shared-credentials.ts';

/** Every credential of waybill.json has its file, which is encrypted, belongs there, and is for its recipients. */
export function checkSharedCredentials(context: CompileContext): void {
  const { workspace, sharedCredentials } = context;
  for (const [name, shared] of sharedCredentials) checkOne(context, name, shared);
  const expected = new Set([...sharedCredentials.keys()].map((name) => secretPath(SHARED, name)));
  for (const file of workspace.secrets.keys())
    if (isSharedSecret(file) && !expected.has(file))
      reportSecretsFile(
        context,
        'WB5005',
        file,
        'waybill.json has no shared credential for this file',
        'name it there under `shared`, or remove the file',
      );
}

/** The shared credentials that an account's connections name are for this account and this service. */
export function checkSharedUse({ workspace, sharedCredentials, report }: CompileContext): void {
  for (const [account, source] of workspace.accounts) {
    for (const [name, { connector, shared }] of Object.entries(connectionsOf(source))) {
      if (shared === undefined) continue;
      const problem = problemOfUse(sharedCredentials.get(shared), { account, connector, shared });
      if (problem === undefined) continue;
      const near = nearestName(shared, [...sharedCredentials.keys()]);
      const help = sharedCredentials.has(shared) || near === undefined ? problem.help : `did you mean \`${near}\`?`;
      report(source.document.diagnostic('WB5019', ['connections', name, 'shared'], problem.message, { help }));
    }
  }
}

function problemOfUse(
  found: SharedCredentialSource | undefined,
  { account, connector, shared }: { account: string; connector: string; shared: string },
): { message: string; help: string } | undefined {
  if (found === undefined)
    return { message: `waybill.json has no shared credential \`${shared}\``, help: 'name it there under `shared`' };
  const { value } = found;
  if (value.connector !== connector)
    return {
      message: `the shared credential \`${shared}\` is one of ${value.connector}, and ${connector} is needed`,
      help: `name one of ${connector}`,
    };
  if (value.accounts.includes(account)) return undefined;
  return {
    message: `the account \`${account}\` may not use the shared credential \`${shared}\``,
    help: `if it may, add it to shared.${shared}.accounts in waybill.json`,
  };
}

function checkOne(context: CompileContext, name: string, { value, inspection }: SharedCredentialSource): void {
  const { workspace, catalog, report } = context;
  const document = workspace.config?.document;
  const spec = catalog.get(value.connector)?.connection;
  const path = ['shared', name];
  if (document === undefined) return;
  if (spec === undefined) {
    const { message, help } = missingConnector(value.connector, catalog);
    report(document.diagnostic('WB2001', [...path, 'connector'], message, { help }));
    return;
  }
  const file = secretPath(SHARED, name);
  const help = `waybill connect ${SHARED} ${name} --web`;
  if (inspection === undefined) {
    report(document.diagnostic('WB5004', path, `the shared credential has no file: ${file} is missing`, { help }));
    return;
  }
  if (!inspection.ok) {
    const { message, path: place, help: way } = inspection.error;
    reportSecretsFile(context, 'WB5005', file, place === undefined ? message : `${message} (at ${place})`, way);
    return;
  }
  const { account, connection, fields, recipients, hosts } = inspection.file;
  const inUse = new Map(fieldsInUse(spec, fieldsWithDefaults(spec, value.fields ?? {})));
  const unknown = fields.filter((field) => inUse.get(field)?.secret !== true);
  if (account !== SHARED || connection !== name)
    reportSecretsFile(context, 'WB5005', file, `the file was made for ${account}/${connection}`, help);
  else if (unknown.length > 0)
    reportSecretsFile(context, 'WB5005', file, `${value.connector} has no secret field ${unknown.join(', ')}`, help);
  if (recipients.toSorted().join() !== value.recipients.toSorted().join()) {
    const message = `the file is not encrypted to exactly the recipients of shared.${name} in waybill.json`;
    reportSecretsFile(context, 'WB5006', file, message, help);
  }
  const unsealed = unsealedHosts(spec, value, hosts);
  if (unsealed.length > 0) {
    const message = `the connector ${value.connector} sends the credential to ${unsealed.join(', ')}, for which it was not sealed`;
    reportSecretsFile(context, 'WB5020', file, message, `if that is right: ${help}`);
  }
}

/** Hosts that are made of an account's own fields are looked at with the account. */
function unsealedHosts(
  spec: ConnectionSpec,
  { fields = {} }: SharedCredentialSource['value'],
  sealed: readonly string[],
): string[] {
  const given = fieldsWithDefaults(spec, fields);
  try {
    return hostsOf(spec, given).filter((host) => !hostAllowed(host, sealed) && !sealed.includes(host));
  } catch {
    return [];
  }
}
