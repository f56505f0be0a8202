import { hostAllowed } from '../../connectors/hosts.ts';
import type { Action, ConnectionSpec } from '../../generated/connector.ts';
import type { PointerToken } from '../../json/pointer.ts';
import { hasExpression } from '../../language/template.ts';
import type { JsonObject } from '../../json/value.ts';
import { placedWays } from '../connector-templates.ts';
import type { CompileContext } from '../context.ts';

/** The parts of a workspace's own connectors work together: pages are asked for, keys are sent, hosts are listed. */
export function checkConnectorUse({ workspace, report }: CompileContext): void {
  for (const { document, value } of workspace.connectors.values()) {
    const tell: Tell = (code, path, message, help) => report(document.diagnostic(code, path, message, { help }));
    if (value.connection !== undefined) checkHosts(value.connection, tell);
    for (const [name, action] of Object.entries(value.actions)) {
      const path = ['actions', name];
      checkPages(action, path, tell);
      checkKey(action, path, tell);
      checkChoices(action, value.actions, path, tell);
    }
  }
}

type Tell = (code: 'WB2014' | 'WB6017' | 'WB6018', path: PointerToken[], message: string, help: string) => void;

/** Addresses and hosts that are written out. */
function checkHosts({ base_url, hosts, auth }: ConnectionSpec, tell: Tell): void {
  if (!Array.isArray(hosts) || hosts.some((host) => hasExpression(host))) return;
  const addresses: [PointerToken[], string | undefined][] = [
    [['connection', 'base_url'], base_url],
    ...tokenAddresses(auth),
  ];
  for (const [path, address] of addresses) {
    if (address === undefined || hasExpression(address)) continue;
    const { hostname, protocol } = URL.canParse(address) ? new URL(address) : { hostname: '', protocol: '' };
    if (protocol !== 'https:') tell('WB6017', path, 'this is not an https address', 'credentials go over https alone');
    else if (!hostAllowed(hostname, hosts))
      tell('WB6017', path, `\`${hostname}\` is not among the hosts, so no request would be sent`, 'add it to `hosts`');
  }
}

/** Where credentials are sent to for a token. */
function tokenAddresses(ways: ConnectionSpec['auth']): [PointerToken[], string | undefined][] {
  return placedWays(ways).flatMap(({ auth, path }): [PointerToken[], string | undefined][] => {
    if (auth.type === 'token_exchange') return [[[...path, 'request', 'url'], auth.request.url]];
    if (auth.type !== 'oauth2') return [];
    const { refresh_url, revoke_url } = auth.grant === 'authorization_code' ? auth : {};
    const addresses = { token_url: auth.token_url, refresh_url, revoke_url };
    return Object.entries(addresses).map(([name, address]) => [[...path, name], address]);
  });
}

function checkPages({ request, pagination }: Action, path: PointerToken[], tell: Tell): void {
  if (pagination === undefined || pagination.type === 'link' || reads(request, 'page')) return;
  const name = pagination.type === 'cursor' ? 'page.cursor' : `page.number or page.offset`;
  tell(
    'WB6018',
    [...path, 'pagination'],
    'the request reads nothing of `page`, so every page is the first',
    `send ${name}`,
  );
}

function checkKey({ request, idempotency, effect }: Action, path: PointerToken[], tell: Tell): void {
  if (idempotency === undefined) return;
  const place = [...path, 'idempotency'];
  if (effect !== 'write') tell('WB6018', place, `an action that is \`${effect}\` needs no key`, 'leave it out');
  else if (idempotency.header === undefined && !reads(request, 'idempotency'))
    tell(
      'WB6018',
      place,
      'the key is sent nowhere',
      'name its `header`, or put ${{ idempotency.key }} into the request',
    );
}

function checkChoices(
  { input, choices = {} }: Action,
  actions: { [name: string]: Action },
  path: PointerToken[],
  tell: Tell,
): void {
  const fields = input['properties'];
  const known = new Set(Object.keys((fields ?? {}) as JsonObject));
  for (const [field, { action: name, depends_on: others = [] }] of Object.entries(choices)) {
    const place = [...path, 'choices', field];
    for (const one of [field, ...others])
      if (!known.has(one))
        tell('WB2014', place, `the input has no field \`${one}\``, `fields: ${[...known].join(', ')}`);
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined)
      tell(
        'WB2014',
        [...place, 'action'],
        `the connector has no action \`${name}\``,
        `actions: ${Object.keys(actions).join(', ')}`,
      );
    else if (action.effect !== 'read')
      tell(
        'WB2014',
        [...place, 'action'],
        `\`${name}\` does not only read`,
        'choices are listed by an action that reads',
      );
  }
}

/** Whether a template in the request reads something of this name. */
function reads(request: Action['request'], root: string): boolean {
  return new RegExp(`\\$\\{\\{[^]*\\b${root}\\b`).test(JSON.stringify(request ?? null));
}
