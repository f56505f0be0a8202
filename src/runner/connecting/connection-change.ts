import { applyEdits, modify } from 'jsonc-parser';
import { hostsOf } from '../../compiler/connection-hosts.ts';
import type { JsonObject } from '../../json/value.ts';
import { sealConnection } from '../../secrets/connection-file.ts';
import type { SourceTree } from '../../workspace/source-tree.ts';
import { SHARED, secretPath } from '../../workspace/workspace.ts';
import type { ProposedChange } from './workspace-writer.ts';
import { ConnectError } from './connect-error.ts';
import { connectionForm, openWorkspace, type ConnectionForm } from './connection-form.ts';
import type { ConnectionValues } from './connection-values.ts';

/** A connection that is encrypted already: what is left of what was entered. */
export interface ConnectionChange {
  account: string;
  connection: string;
  connector: string;
  /** Where its secrets file is, and its text. */
  path: string;
  sealed: string;
  /** Fields for account.json. */
  open: JsonObject;
  /** The hosts that it was sealed with. */
  hosts: string[];
  /** The public keys that it is encrypted to. */
  recipients: string[];
  replaces: boolean;
}

/** Encrypts what was entered to the account's public keys, sealed with the hosts that it may be sent to. */
export async function sealChange(form: ConnectionForm, values: ConnectionValues, now: Date): Promise<ConnectionChange> {
  const { account, connection, connector, spec, recipients, replaces } = form;
  const hosts = hostsOf(spec, values.known);
  const sealed = await sealConnection({ account, connection, fields: values.secrets, hosts, recipients, now });
  const path = secretPath(account, connection);
  return {
    account,
    connection,
    connector: connector.name,
    path,
    sealed,
    open: values.open,
    hosts,
    recipients,
    replaces,
  };
}

/** What is to be written, by whom. */
export function proposalOf(change: ConnectionChange, author: string): ProposedChange {
  const { account, connection, replaces } = change;
  return {
    name: `connect/${account}-${connection}`,
    message: `${replaces ? 'Replace' : 'Add'} the credential of ${account}’s connection ${connection}`,
    author,
    make: (tree) => filesOf(change, tree),
  };
}

/**
 * The files that a change writes into a workspace, by path. Throws `ConnectError` where the account is not any more what
 * the change was encrypted for.
 */
function filesOf(change: ConnectionChange, tree: SourceTree): Map<string, string> {
  const { account, connection, connector, open, path, sealed } = change;
  const form = connectionForm(openWorkspace(tree), account, connection, connector);
  if (form.recipients.join() !== change.recipients.join())
    throw new ConnectError(`the public keys of ${account} were changed meanwhile`, 'enter the credential once more');
  const files = new Map([[path, sealed]]);
  // Fields of what accounts share stand in waybill.json, and are written by hand.
  if (account === SHARED || (!form.isNew && Object.keys(open).length === 0)) return files;
  const accountFile = `automations/${account}/account.json`;
  const text = tree.files.get(accountFile) ?? '';
  const fields = { ...form.given, ...open };
  const shared = form.shared === undefined ? {} : { shared: form.shared };
  const value = { connector, ...shared, ...(Object.keys(fields).length === 0 ? {} : { fields }) };
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' };
  const edits = modify(text, ['connections', connection], value, { formattingOptions });
  return files.set(accountFile, applyEdits(text, edits));
}
