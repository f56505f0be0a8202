import { keyFields } from '../../connectors/connection-fields.ts';
import type { Connector, WebhookScheme } from '../../generated/connector.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import type { CompileContext } from '../context.ts';

interface SchemeProblem {
  path: string[];
  message: string;
  help: string;
}

/** The webhook schemes of a workspace's own connectors can be checked: their fields exist, and what they sign can be found. */
export function checkWebhookSchemes({ workspace, report }: CompileContext): void {
  for (const { document, value } of workspace.connectors.values()) {
    for (const [name, scheme] of Object.entries(value.webhook_schemes ?? {})) {
      for (const { path, message, help } of problemsOf(value, scheme))
        report(document.diagnostic('WB2021', ['webhook_schemes', name, ...path], message, { help }));
    }
  }
}

function problemsOf(connector: Connector, scheme: WebhookScheme): SchemeProblem[] {
  const { algorithm, signed = '{body}', timestamp, delivery_id } = scheme;
  const problems: SchemeProblem[] = [];
  const unknown = (field: string, path: string[]): void => {
    const fields = Object.keys(connector.connection?.fields ?? {});
    if (fields.includes(field)) return;
    const near = nearestName(field, fields);
    const help = near === undefined ? `fields: ${fields.join(', ')}` : `did you mean \`${near}\`?`;
    problems.push({ path, message: `the connection has no field \`${field}\``, help });
  };
  for (const field of keyFields(scheme.key)) unknown(field, ['key', 'field']);
  for (const [index, { token }] of (scheme.handshake ?? []).entries()) {
    if (token !== undefined) unknown(token.field, ['handshake', String(index), 'token', 'field']);
  }
  const add = (message: string, help: string): void => void problems.push({ path: ['signed'], message, help });
  if (signed.includes('{timestamp}') && timestamp === undefined)
    add('the time is signed, and nothing says where it stands', 'add "timestamp"');
  if (signed.includes('{id}') && delivery_id === undefined)
    add('the delivery id is signed, and nothing says where it stands', 'add "delivery_id"');
  if (algorithm === 'sha256' && !signed.includes('{secret}'))
    add('a plain digest without {secret} proves nothing: anyone can make it', 'sign {secret} too, or use hmac-sha256');
  return problems;
}
