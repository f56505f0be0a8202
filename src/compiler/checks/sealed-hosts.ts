import { fieldsInUse, fieldsWithDefaults } from '../../connectors/connection-fields.ts';
import { hostAllowed } from '../../connectors/hosts.ts';
import type { ConnectionSpec } from '../../generated/connector.ts';
import type { JsonObject } from '../../json/value.ts';
import { HOSTS_FIELD } from '../../secrets/sealed-hosts.ts';
import { parseDocument } from '../../workspace/json-document.ts';
import { secretPath } from '../../workspace/workspace.ts';
import { connectionsOf, type CompileContext } from '../context.ts';
import { hostsOf } from '../connection-hosts.ts';

/**
 * Every host that a connector sends a credential to is among those that the credential was sealed for. That nobody
 * changed those is for the runner to see, at opening.
 */
export function checkSealedHosts({ workspace, catalog, secrets, report }: CompileContext): void {
  for (const [account, source] of workspace.accounts) {
    for (const [name, { connector, fields = {} }] of Object.entries(connectionsOf(source))) {
      const file = secretPath(account, name);
      const inspection = secrets.get(file);
      const spec = catalog.get(connector)?.connection;
      const text = workspace.secrets.get(file);
      if (spec === undefined || text === undefined || inspection?.ok !== true) continue;
      const given = fieldsWithDefaults(spec, fields);
      const sealed = inspection.file;
      const unsealed = isComplete(spec, given)
        ? hostsOf(spec, given).filter((host) => !hostAllowed(host, sealed.hosts))
        : [];
      if (unsealed.length === 0) continue;
      const hosts = unsealed.map((host) => `\`${host}\``).join(', ');
      const message = `the connector ${connector} sends the credential to ${hosts}, for which it was not sealed`;
      const help = `if that is right: waybill connect ${account} ${name} --web`;
      const path = [sealed.account, sealed.connection, HOSTS_FIELD];
      const { document } = parseDocument(file, text);
      if (document !== undefined) report(document.diagnostic('WB5020', path, message, { help }));
    }
  }
}

/** Without all of its fields, which is another finding, a connection's hosts cannot be computed. */
function isComplete(spec: ConnectionSpec, given: JsonObject): boolean {
  return fieldsInUse(spec, given).every(
    ([name, { secret, required }]) => secret === true || required === false || Object.hasOwn(given, name),
  );
}
