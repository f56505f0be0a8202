import { authWays } from '../../connectors/auth-way.ts';
import type { AuthWay, AuthorizationCodeAuth, ConnectionSpec, Connector } from '../../generated/connector.ts';
import type { PointerToken } from '../../json/pointer.ts';
import { placedWays } from '../connector-templates.ts';
import type { CompileContext } from '../context.ts';

type Tell = (code: 'WB2014' | 'WB5017' | 'WB5025', path: PointerToken[], message: string, help: string) => void;

/** OAuth 2.0 in a workspace's own connectors can work, and each connection has just one way of auth. */
export function checkConnectorOAuth({ workspace, report }: CompileContext): void {
  for (const { document, value } of workspace.connectors.values()) {
    const tell: Tell = (code, path, message, help) => report(document.diagnostic(code, path, message, { help }));
    const { connection } = value;
    if (connection !== undefined) {
      if (Array.isArray(connection.auth)) checkWays(connection, connection.auth, tell);
      for (const { auth, path } of placedWays(connection.auth)) {
        if (auth.type === 'oauth2' && auth.grant === 'authorization_code') checkCode(auth, path, tell);
        if ('captures' in auth) checkCaptures(connection, Object.keys(auth.captures ?? {}), path, tell);
      }
    }
    checkScopes(value, tell);
  }
}

function checkCode(auth: AuthorizationCodeAuth, path: PointerToken[], tell: Tell): void {
  const { client_auth: proof = 'basic', client_secret: secret, pkce = 'S256' } = auth;
  if (proof !== 'none' && secret === undefined)
    tell(
      'WB5017',
      path,
      'the app proves nothing: there is no `client_secret`',
      'name it, or say "client_auth": "none"',
    );
  if (proof === 'none' && pkce === 'none')
    tell(
      'WB5017',
      [...path, 'pkce'],
      'without a secret and without PKCE, whoever sees the code can use it',
      'use "S256", or let the app prove who it is',
    );
}

function checkCaptures({ fields }: ConnectionSpec, names: string[], path: PointerToken[], tell: Tell): void {
  for (const name of names.filter((one) => Object.hasOwn(fields, one)))
    tell(
      'WB5017',
      [...path, 'captures', name],
      `the connection has a field \`${name}\` already`,
      'choose another name',
    );
}

/** Every connection has a way, and every way has connections. */
function checkWays({ fields }: ConnectionSpec, ways: readonly AuthWay[], tell: Tell): void {
  const path = ['connection', 'auth'];
  for (const [index, { when }] of ways.entries()) {
    const field = when && Object.hasOwn(fields, when.field) ? fields[when.field] : undefined;
    if (when !== undefined && (field === undefined || field.secret === true))
      tell(
        'WB2014',
        [...path, index, 'when', 'field'],
        `the connection has no open field \`${when.field}\``,
        `fields: ${Object.keys(fields).join(', ')}`,
      );
  }
  const rest = ways.findIndex(({ when }) => when === undefined);
  if (rest !== -1 && rest < ways.length - 1)
    tell('WB5025', [...path, rest + 1], 'the way before it serves all connections', 'put the one without `when` last');
  if (rest === -1 && !isCovered({ fields }, ways))
    tell(
      'WB5025',
      path,
      'there may be connections that no way serves',
      'leave out `when` in the last one, or name all values of a field with `enum`',
    );
}

function isCovered({ fields }: Pick<ConnectionSpec, 'fields'>, ways: readonly AuthWay[]): boolean {
  const [first] = ways;
  const field = first?.when?.field ?? '';
  const {
    enum: values,
    default: fallback,
    required,
  } = (Object.hasOwn(fields, field) ? fields[field] : undefined) ?? {};
  if (values === undefined || (required === false && fallback === undefined)) return false;
  const served = new Set(ways.flatMap(({ when }) => (when?.field === field ? when.is : [])));
  return values.every((value) => served.has(value));
}

function checkScopes({ connection, actions, triggers = {} }: Connector, tell: Tell): void {
  if (authWays(connection ?? {}).some(({ type }) => type === 'oauth2')) return;
  const parts = [
    ...Object.entries(actions).map(([name, { scopes }]) => ({ path: ['actions', name], scopes })),
    ...Object.entries(triggers).map(([name, { scopes }]) => ({ path: ['triggers', name], scopes })),
  ];
  for (const { path, scopes } of parts)
    if (scopes !== undefined)
      tell(
        'WB5017',
        [...path, 'scopes'],
        'nobody asks for these rights: the connection’s auth is not oauth2',
        'leave them out',
      );
}
