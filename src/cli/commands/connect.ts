import { proposalOf, sealChange } from '../../runner/connecting/connection-change.ts';
import { FolderWriter } from '../../runner/connecting/folder-writer.ts';
import { count } from '../count.ts';
import { findForm, type ConnectOptions } from '../connect-form.ts';
import { EXIT } from '../exit.ts';
import { findWorkspace } from '../find-workspace.ts';
import { askFields, checkFields, readSecretFields } from '../secret-input.ts';

/** `waybill connect ACCOUNT CONNECTION`: encrypts a credential to the account's keys. Needs no private key. */
export async function connect(account: string, name: string, options: ConnectOptions): Promise<number> {
  if (options.link === true) return (await import('./connect-link.ts')).connectLink(account, name, options);
  if (options.web === true) return (await import('./connect-web.ts')).connectWeb(account, name, options);
  const writer = new FolderWriter(findWorkspace(options.workspace));
  const form = await findForm(writer, account, name, options.connector);
  const entered = options.stdin === true ? await readSecretFields(process.stdin) : await askFields(form);
  const change = await sealChange(form, checkFields(form, entered), new Date());
  const { paths } = await writer.write(proposalOf(change, account));
  const { recipients, hosts } = change;
  console.log(
    `Encrypted to ${count(recipients.length, 'public key')} of ${account}; may only be sent to ${hosts.join(', ') || 'nobody'}.`,
  );
  console.log(`Commit ${paths.join(' and ')}.`);
  return EXIT.clean;
}
