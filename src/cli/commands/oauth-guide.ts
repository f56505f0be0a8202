import { nearestName } from '../../diagnostics/nearest-name.ts';
import type {
  Auth,
  AuthorizationCodeAuth,
  ClientCredentialsAuth,
  Connector,
  FieldCondition,
} from '../../generated/connector.ts';
import { checkWorkspace, type CheckedWorkspace } from '../../runner/check-workspace.ts';
import type { OAuthListView } from '../../server/oauth-types.ts';
import { EXIT, NotFoundError, UsageError } from '../exit.ts';
import { findWorkspace } from '../find-workspace.ts';
import { RunnerClient } from '../runner-client.ts';
import type { OAuthOptions } from './oauth.ts';

export interface GuideOptions extends OAuthOptions {
  publicUrl?: string;
}

/** What to register at a service, and what to do then. */
interface Guide {
  service: string;
  title: string;
  /** What people see on the page of consent. */
  app_name: string;
  /** Absent where nobody consents. */
  redirect_uri: string | undefined;
  scopes: string[];
  /** Whose automations the rights are of; `all` where they are those of everything that the connector can do. */
  scopes_of: string;
  /** Fields of the connection in account.json by which this way is chosen, where there are others. */
  fields: { [name: string]: string | number | boolean | undefined };
  /** Where the app is made, as the connector says. */
  pages: string[];
  /** The automations whose webhooks the service signs, with the command that shows the address of each. */
  webhooks: string[];
  commands: string[];
}

/** `waybill oauth guide SERVICE [ACCOUNT]` */
export async function guide(service: string, account: string | undefined, options: GuideOptions): Promise<number> {
  const checked = checkWorkspace(findWorkspace(options.workspace));
  const connector = checked.catalog.get(service);
  if (connector === undefined) {
    const near = nearestName(service, checked.catalog.names());
    throw new NotFoundError(
      `there is no connector ${service}`,
      near === undefined ? `known: ${checked.catalog.names().join(', ')}` : `did you mean ${near}?`,
    );
  }
  const way = waysOf(connector).find(({ auth }) => auth.type === 'oauth2');
  if (way?.auth.type !== 'oauth2')
    throw new UsageError(
      `${connector.title} is connected without OAuth`,
      `waybill connect ${account ?? 'ACCOUNT'} ${service}`,
    );
  if (account !== undefined && !checked.workspace.accounts.has(account))
    throw new NotFoundError(
      `there is no account ${account}`,
      `accounts: ${[...checked.workspace.accounts.keys()].join(', ') || 'none'}`,
    );
  const { auth, when } = way;
  const redirect = auth.grant === 'authorization_code' ? await redirectUri(options) : undefined;
  const made = guideFor(checked, connector, { auth, when, account, redirect });
  console.log(options.format === 'json' ? JSON.stringify(made) : render(made));
  return EXIT.clean;
}

/** Of the runner that is up, of the address that is named, or how it is made. */
async function redirectUri(options: GuideOptions): Promise<string> {
  if (options.publicUrl !== undefined) return `${options.publicUrl.replace(/\/+$/, '')}/oauth/callback`;
  try {
    const client = await RunnerClient.find(options);
    return (await client.get<OAuthListView>('/oauth')).redirect_uri;
  } catch {
    return '<the --public-url of the runner>/oauth/callback';
  }
}

function guideFor(
  { plans, workspace }: CheckedWorkspace,
  connector: Connector,
  {
    auth,
    when,
    account,
    redirect,
  }: {
    auth: AuthorizationCodeAuth | ClientCredentialsAuth;
    when: FieldCondition | undefined;
    account: string | undefined;
    redirect: string | undefined;
  },
): Guide {
  const { name, title } = connector;
  const own = plans.filter((plan) => plan.account === account);
  const inUse = own.flatMap(({ connections }) =>
    Object.values(connections).flatMap((one) => (one.connector === name ? (one.scopes ?? []) : [])),
  );
  const parts = [...Object.values(connector.actions), ...Object.values(connector.triggers ?? {})];
  const all = [auth.scopes ?? [], ...parts.map(({ scopes }) => scopes ?? [])].flat();
  const signed = own.filter(({ trigger, connections }) => {
    const verify = trigger.kind === 'webhook' ? trigger.verify : 'none';
    return verify !== 'none' && connections[verify.connection]?.connector === name;
  });
  const who = account === undefined ? undefined : (workspace.accounts.get(account)?.value.name ?? account);
  const target = account ?? 'ACCOUNT';
  return {
    service: name,
    title,
    app_name: who === undefined ? 'Waybill' : `Waybill for ${who}`,
    redirect_uri: redirect,
    scopes: [...new Set(inUse.length > 0 ? inUse : all)].toSorted(),
    scopes_of: inUse.length > 0 ? target : 'all',
    fields: when === undefined ? {} : { [when.field]: when.is[0] },
    pages: pagesOf(connector, auth),
    webhooks: signed.map(({ automation }) => `${automation}: waybill url ${target} ${automation}`),
    commands: [
      `waybill connect ${target} ${name}`,
      ...(redirect === undefined ? [] : [`waybill oauth link ${target} ${name}`]),
    ],
  };
}

/** The ways of auth, each with its condition. */
function waysOf({ connection }: Connector): { auth: Auth; when: FieldCondition | undefined }[] {
  const { auth } = connection ?? {};
  if (Array.isArray(auth)) return auth.map((way) => ({ auth: way.auth, when: way.when }));
  return auth === undefined ? [] : [{ auth, when: undefined }];
}

/** Where the service shows what the fields hold that this auth reads. */
function pagesOf({ connection, docs }: Connector, auth: Auth): string[] {
  const text = JSON.stringify(auth);
  const read = Object.entries(connection?.fields ?? {}).filter(([name]) => text.includes(`connection.${name}`));
  const pages = [...new Set(read.flatMap(([, { help_url }]) => help_url ?? []))];
  return pages.length > 0 || docs === undefined ? pages : [docs];
}

function render({ service, title, fields, ...made }: Guide): string {
  const { app_name, redirect_uri, scopes, scopes_of, pages, webhooks, commands } = made;
  const whose = scopes_of === 'all' ? 'of all that the connector can do' : `that the automations of ${scopes_of} need`;
  const lines = [
    `Register an app at ${title}:`,
    `  name              ${app_name}`,
    ...(redirect_uri === undefined ? [] : [`  redirect address  ${redirect_uri}`]),
    ...(scopes.length === 0 ? [] : [`  rights (scopes), those ${whose}:`, ...scopes.map((scope) => `    ${scope}`)]),
  ];
  if (pages.length > 0) lines.push('Where:', ...pages.map((page) => `  ${page}`));
  if (webhooks.length > 0) lines.push('Webhooks that the app shall send:', ...webhooks.map((one) => `  ${one}`));
  if (Object.keys(fields).length > 0)
    lines.push(
      'In account.json, under connections:',
      `  "${service}": ${JSON.stringify({ connector: service, fields })}`,
    );
  lines.push('Then:', ...commands.map((command) => `  ${command}`));
  return lines.join('\n');
}
