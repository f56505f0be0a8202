import { RE2JS } from 're2js';
import type { Catalog } from '../../connectors/catalog.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import {
  CredentialFinder,
  fieldCredential,
  KNOWN_CREDENTIALS,
  type CredentialPattern,
} from '../../secrets/find-credentials.ts';
import type { JsonDocument } from '../../workspace/json-document.ts';
import { rangeIn } from '../../workspace/text-position.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { CompileContext } from '../context.ts';

/** No file that accounts have in common holds what looks like a credential. */
export function checkCommonCredentials(context: CompileContext): void {
  const { config, shared, connectors } = context.workspace;
  const sources = [config, ...shared.values(), ...connectors.values()];
  checkDocuments(
    context,
    sources.flatMap((source) => source?.document ?? []),
  );
}

/** Nor does any of an account. */
export function checkPlainCredentials(context: CompileContext): void {
  const { accounts, automations, tests } = context.workspace;
  const sources = [...accounts.values(), ...automations, ...tests];
  checkDocuments(
    context,
    sources.map(({ document }) => document),
  );
}

function checkDocuments({ findCredentials, report }: CompileContext, documents: readonly JsonDocument[]): void {
  for (const { file, text } of documents) for (const finding of findCredentials(file, text)) report(finding);
}

/** Gives what looks like a credential in a file's text, and is not accepted in waybill.json. */
export function plainCredentialFinder(
  { config }: Workspace,
  catalog: Catalog,
): (file: string, text: string) => Diagnostic[] {
  const accepted = config?.value.not_secret ?? {};
  const finder = new CredentialFinder([
    ...KNOWN_CREDENTIALS,
    ...catalog.names().flatMap((name) => fieldsOf(catalog, name)),
  ]);
  return (file, text) =>
    finder
      .find(text)
      .filter(({ fingerprint }) => !Object.hasOwn(accepted, fingerprint))
      .map(({ kind, start, end, fingerprint }) => ({
        code: 'WB5021',
        severity: 'error',
        message: `this looks like ${kind}`,
        file,
        pointer: '',
        range: rangeIn(text, start, end),
        help: `change it at the service and remove it here; if it is no secret, say why in waybill.json: "not_secret": { "${fingerprint}": "…" }`,
        hidden: true,
      }));
}

function fieldsOf(catalog: Catalog, name: string): CredentialPattern[] {
  const connector = catalog.get(name);
  return Object.values(connector?.connection?.fields ?? {}).flatMap(({ secret, pattern, title }) => {
    if (secret !== true || pattern === undefined) return [];
    const found = fieldCredential(`the ${title} of ${connector?.title}`, pattern, (text) => fits(pattern, text));
    return found === undefined ? [] : [found];
  });
}

/** A pattern that cannot be read is another finding. */
function fits(pattern: string, text: string): boolean {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(pattern)).matches(text);
  } catch {
    return false;
  }
}
