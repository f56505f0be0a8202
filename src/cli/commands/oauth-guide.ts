import { authWays } from '../../connectors/auth-way.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import type { AuthorizationCodeAuth, ClientCredentialsAuth, Connector, Field } from '../../generated/connector.ts';
import { checkWorkspace, type CheckedWorkspace } from '../../runner/check-workspace.ts';
import type { OAuthListView } from '../../server/api-types.ts';
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
  const auth = authWays(connector.connection ?? {}).find((way) => way.type === 'oauth2');
  if (auth === undefined)
    throw new UsageError(`${connector.title} is connected without OAuth`, `waybill connect ${account ?? 'ACCOUNT'} ${service}`);
  if (account !== undefined && !checked.workspace.accounts.has(account))
    throw new NotFoundError(
      `there is no account ${account}`,
      `accounts: ${[...checked.workspace.accounts.keys()].join(', ') || 'none'}`,
    );
  const redirect = auth.grant === 'authorization_code' ? await redirectUri(options) : undefined;
  const made = guideFor(checked, connector, { auth, account, redirect });
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
    account,
    redirect,
  }: { auth: AuthorizationCodeAuth | ClientCredentialsAuth; account: string | undefined; redirect: string | undefined },
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
    pages: pagesOf(Object.values(connector.connection?.fields ?? {})),
    webhooks: signed.map(({ automation }) => `${automation}: waybill url ${target} ${automation}`),
    commands: [`waybill connect ${target} ${name}`, ...(redirect === undefined ? [] : [`waybill oauth link ${target} ${name}`])],
  };
}

function pagesOf(fields: readonly Field[]): string[] {
  return [...new Set(fields.flatMap(({ help_url }) => help_url ?? []))];
}

function render({ title, app_name, redirect_uri, scopes, scopes_of, pages, webhooks, commands }: Guide): string {
  const whose = scopes_of === 'all' ? 'of all that the connector can do' : `that the automations of ${scopes_of} need`;
  const lines = [
    `Register an app at ${title}:`,
    `  name              ${app_name}`,
    ...(redirect_uri === undefined ? [] : [`  redirect address  ${redirect_uri}`]),
    ...(scopes.length === 0 ? [] : [`  rights (scopes), those ${whose}:`, ...scopes.map((scope) => `    ${scope}`)]),
  ];
  if (pages.length > 0) lines.push('Where:', ...pages.map((page) => `  ${page}`));
  if (webhooks.length > 0) lines.push('Webhooks that the app shall send:', ...webhooks.map((one) => `  ${one}`));
  lines.push('Then:', ...commands.map((command) => `  ${command}`));
  return lines.join('\n');
}
