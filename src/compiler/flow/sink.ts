import { isJsonObject, type Json } from '../../json/value.ts';
import type { Sensitivity } from '../../language/types.ts';
import type { AutomationContext, ResolvedAction } from '../context.ts';

/** Where the values of a step go, for those that are marked as sensitive. */
export interface Sink {
  /** The connector's name, as account.json would allow it. */
  connector: string;
  title: string;
  allowed: ReadonlySet<Sensitivity>;
  /** Fields of the input that stand in the address of the request, which services and proxies log. */
  inAddress: ReadonlySet<string>;
}

export function sinkOf({ account }: AutomationContext, { service, connector, action }: ResolvedAction): Sink {
  const { sensitive = {} } = account.value;
  const marks = ['personal', 'secret'] as const;
  const { url, path, query } = action.request ?? {};
  return {
    connector: service,
    title: connector.title,
    allowed: new Set(marks.filter((mark) => sensitive[mark]?.includes(service) === true)),
    inAddress: new Set([url, path, query].flatMap((template) => inputFields(template ?? null))),
  };
}

/** The fields of `input` that a template of a connector reads. */
function inputFields(template: Json): string[] {
  if (typeof template === 'string')
    return [...template.matchAll(/\binput\??\.([A-Za-z_]\w*)/g)].map(([, name = '']) => name);
  if (Array.isArray(template)) return template.flatMap((item) => inputFields(item));
  return isJsonObject(template) ? Object.values(template).flatMap((item) => inputFields(item)) : [];
}
