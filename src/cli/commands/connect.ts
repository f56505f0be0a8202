import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { applyEdits, modify } from 'jsonc-parser';
import { connectionsOf } from '../../compiler/context.ts';
import { hostsOf } from '../../compiler/connection-hosts.ts';
import { fieldsWithDefaults } from '../../connectors/connection-fields.ts';
import type { AccountConnection } from '../../generated/account.ts';
import type { Connector, ConnectionSpec } from '../../generated/connector.ts';
import { checkWorkspace, type CheckedWorkspace } from '../../runner/check-workspace.ts';
import { sealConnection } from '../../secrets/connection-file.ts';
import { SHARED, secretPath } from '../../workspace/workspace.ts';
import { EXIT, UsageError } from '../exit.ts';
import { findWorkspace } from '../find-workspace.ts';
import { replaceFile } from '../replace-file.ts';
import { askSecretFields, readSecretFields, checkSecretFields } from '../secret-input.ts';

export interface ConnectOptions {
  workspace?: string;
  connector?: string;
  stdin?: true;
}

/** `waybill connect ACCOUNT CONNECTION`: encrypts a credential to the account's keys. Needs no private key. */
export async function connect(account: string, name: string, options: ConnectOptions): Promise<number> {
  const folder = findWorkspace(options.workspace);
  const checked = checkWorkspace(folder);
  const { recipients, existing } =
    account === SHARED ? sharedPlace(checked, name) : accountPlace(checked, account, name);
  const service = existing?.connector ?? options.connector ?? name;
  if (existing !== undefined && options.connector !== undefined && options.connector !== existing.connector) {
    throw new UsageError(
      `the connection ${name} is one to ${existing.connector}`,
      'choose another name for the new connection',
    );
  }
  const { connector, spec } = findConnector(checked, service);
  const known = fieldsWithDefaults(spec, existing?.fields ?? {});
  const entered =
    options.stdin === true
      ? await readSecretFields(process.stdin)
      : await askSecretFields(connector.title, spec, known);
  const fields = checkSecretFields(spec, known, entered);
  if (existing === undefined) await addToAccount(join(folder, 'automations', account, 'account.json'), name, service);
  const hosts = hostsOf(spec, known);
  const text = await sealConnection({
    account,
    connection: name,
    fields,
    hosts,
    recipients,
    now: new Date(),
  });
  await replaceFile(join(folder, secretPath(account, name)), text);
  console.log(
    `Encrypted to ${recipients.length} public keys of ${account}; may only be sent to ${hosts.join(', ') || 'nobody'}.`,
  );
  console.log(
    `Commit ${secretPath(account, name)}${existing === undefined ? ` and automations/${account}/account.json` : ''}.`,
  );
  return EXIT.clean;
}

/** Who can read a credential, and the connection that there is of its name. */
interface Place {
  recipients: string[];
  existing: AccountConnection | undefined;
}

function accountPlace({ workspace }: CheckedWorkspace, account: string, name: string): Place {
  const source = workspace.accounts.get(account);
  if (source !== undefined) return { recipients: source.value.recipients, existing: connectionsOf(source)[name] };
  const known = [...workspace.accounts.keys()].join(', ') || 'none';
  throw new UsageError(`there is no valid automations/${account}/account.json`, `accounts: ${known}`);
}

/** A credential that accounts share is described in waybill.json. */
function sharedPlace({ workspace }: CheckedWorkspace, name: string): Place {
  const shared = workspace.config?.value.shared ?? {};
  const found = Object.hasOwn(shared, name) ? shared[name] : undefined;
  if (found !== undefined) return { recipients: found.recipients, existing: found };
  throw new UsageError(
    `waybill.json has no shared credential ${name}`,
    `add it there: "shared": { "${name}": { "connector": …, "accounts": […], "recipients": […] } }`,
  );
}

function findConnector({ catalog }: CheckedWorkspace, service: string): { connector: Connector; spec: ConnectionSpec } {
  const connector = catalog.get(service);
  if (connector === undefined)
    throw new UsageError(
      `there is no connector ${service}`,
      `name one with --connector: ${catalog.names().join(', ')}`,
    );
  if (connector.connection === undefined) throw new UsageError(`${connector.title} needs no connection`);
  return { connector, spec: connector.connection };
}

/** Adds the connection to account.json and keeps the file's form. */
async function addToAccount(file: string, name: string, connector: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const edits = modify(
    text,
    ['connections', name],
    { connector },
    { formattingOptions: { insertSpaces: true, tabSize: 2, eol: '\n' } },
  );
  await replaceFile(file, applyEdits(text, edits));
}
