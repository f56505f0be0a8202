import { consentOf } from '../../connectors/auth-way.ts';
import { fieldsWithDefaults } from '../../connectors/connection-fields.ts';
import { connectionsOf, type CompileContext } from '../context.ts';

/** Says of each connection that a person has to consent to what nobody can see in git: whether that was done. */
export function checkConsents({ workspace, catalog, report }: CompileContext): void {
  for (const [account, source] of workspace.accounts) {
    for (const [name, { connector, fields = {} }] of Object.entries(connectionsOf(source))) {
      const found = catalog.get(connector);
      if (found?.connection === undefined) continue;
      if (consentOf(found.connection, fieldsWithDefaults(found.connection, fields)) === undefined) continue;
      const message = `a person consents to \`${name}\` at ${found.title}, once, through the runner; until then its automations are stalled there`;
      const help = `waybill oauth link ${account} ${name} gives the link, waybill oauth status ${account} ${name} says whether it was done`;
      report(source.document.diagnostic('WB5018', ['connections', name], message, { help }));
    }
  }
}
