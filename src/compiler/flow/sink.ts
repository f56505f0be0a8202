import type { Action } from '../../generated/connector.ts';
import { isJsonObject, type Json } from '../../json/value.ts';
import type { ResolvedAction } from '../context.ts';

/** Where the values of a step go, for those that are marked as sensitive. */
export type Sink = ConnectorSink | { kind: 'callee'; name: string };

interface ConnectorSink {
  kind: 'connector';
  /** Fields of the input that stand in the address of the request, which services and proxies log. */
  inAddress: ReadonlySet<string>;
}

/** Many steps call the same action. */
const known = new WeakMap<Action, ConnectorSink>();

export function sinkOf({ action }: ResolvedAction): ConnectorSink {
  let sink = known.get(action);
  if (sink === undefined) {
    const { url, path, query } = action.request ?? {};
    const inAddress = new Set([url, path, query].flatMap((template) => inputFields(template ?? null)));
    sink = { kind: 'connector', inAddress };
    known.set(action, sink);
  }
  return sink;
}

/** The fields of `input` that a template of a connector reads. */
function inputFields(template: Json): string[] {
  if (typeof template === 'string')
    return [...template.matchAll(/\binput\??\.([A-Za-z_]\w*)/g)].map(([, name = '']) => name);
  if (Array.isArray(template)) return template.flatMap((item) => inputFields(item));
  return isJsonObject(template) ? Object.values(template).flatMap((item) => inputFields(item)) : [];
}
