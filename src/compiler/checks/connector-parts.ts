import { authWays } from '../../connectors/auth-way.ts';
import { withSharedSchemas } from '../../connectors/shared-schemas.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import type { Connector, Field } from '../../generated/connector.ts';
import type { PointerToken } from '../../json/pointer.ts';
import { compileSchema } from '../../json/schema.ts';
import { inferTemplate } from '../../language/infer.ts';
import type { ProblemCode } from '../../language/problem.ts';
import type { JsonDocument } from '../../workspace/json-document.ts';
import type { CompileContext } from '../context.ts';
import { connectorTemplates, type ConnectorTemplate } from '../connector-templates.ts';
import { codeOfProblem } from '../problem-code.ts';
import { schemaProblems } from '../schema-problems.ts';

/** A connector of the workspace, and where what is wrong with it is told. */
interface Part {
  connector: Connector;
  document: JsonDocument;
  report: CompileContext['report'];
}

/** The schemas of a workspace's own connectors can be used, their templates can be read, and samples are as they say. */
export function checkConnectorParts({ workspace, report }: CompileContext): void {
  for (const { document, value } of workspace.connectors.values()) {
    const part = { connector: withSharedSchemas(value), document, report };
    checkFields(part);
    checkSchemas(part);
    for (const template of connectorTemplates(value)) checkTemplate(part, template);
  }
}

function checkFields({ connector, document, report }: Part): void {
  const { fields = {} } = connector.connection ?? {};
  for (const [name, { pattern, when }] of Object.entries(fields)) {
    const path = ['connection', 'fields', name];
    for (const { message } of pattern === undefined ? [] : schemaProblems({ pattern }))
      report(document.diagnostic('WB1007', [...path, 'pattern'], message));
    if (when === undefined) continue;
    const other = Object.hasOwn(fields, when.field) ? fields[when.field] : undefined;
    const place = [...path, 'when', 'field'];
    if (other === undefined) report(unknownField(document, place, when.field, fields));
    else if (other.secret === true)
      report(document.diagnostic('WB2014', place, `\`${when.field}\` is secret, so nothing else can depend on it`));
  }
}

function checkSchemas({ connector, document, report }: Part): void {
  const { actions, triggers = {} } = connector;
  const parts = [
    ...Object.entries(actions).map(([name, action]) => ({ path: ['actions', name], ...action })),
    ...Object.entries(triggers).map(([name, trigger]) => ({ path: ['triggers', name], ...trigger })),
  ];
  for (const { path, input = {}, output, sample } of parts) {
    const problems = Object.entries({ input, output }).flatMap(([part, schema]) =>
      schemaProblems(schema).map((problem) => ({ ...problem, path: [...path, part, ...problem.path] })),
    );
    for (const { path: place, message } of problems) report(document.diagnostic('WB1007', place, message));
    if (problems.length > 0 || sample === undefined) continue;
    for (const { pointer, message } of compileSchema(output)(sample)) {
      const place = [...path, 'sample', ...pointer.split('/').slice(1)];
      report(document.diagnostic('WB6016', place, `the sample is not as the output's schema says: it ${message}`));
    }
  }
}

/** What can be told without an answer of the service: of that, nothing is known. */
const TOLD = new Set<ProblemCode>(['syntax', 'not_allowed', 'unknown_root', 'unknown_field', 'unknown_function']);

function checkTemplate({ connector, document, report }: Part, template: ConnectorTemplate): void {
  const { path, text, roots, secrets, captured } = template;
  for (const { code, message, start, end, help } of inferTemplate(text, { roots }).problems) {
    if (!TOLD.has(code)) continue;
    const range = document.rangeInString(path, start, end);
    report(document.diagnostic(codeOfProblem(code), path, message, { help, range }));
  }
  const { fields = {} } = connector.connection ?? {};
  const captures = capturesOf(connector);
  for (const { 1: name = '', index } of text.matchAll(/\bconnection\??\.([A-Za-z_]\w*)/g)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const range = document.rangeInString(path, index, index + 'connection.'.length + name.length);
    if (field === undefined && captures.has(name)) {
      if (captured) continue;
      const message = `\`${name}\` is known once there is a token, and this is needed before`;
      report(document.diagnostic('WB5024', path, message, { range, help: 'use a field of the connection' }));
    } else if (field === undefined) report({ ...unknownField(document, path, name, fields), range });
    else if (field.secret === true && !secrets) {
      const message = `\`${name}\` is secret, and secrets go into requests by \`connection.auth\` alone`;
      report(document.diagnostic('WB2014', path, message, { range, help: 'name it in `connection.auth`' }));
    }
  }
}

/** Names of what consent, or an exchange, tells of the connection. */
function capturesOf({ connection }: Connector): Set<string> {
  return new Set(
    authWays(connection ?? {}).flatMap((auth) => ('captures' in auth ? Object.keys(auth.captures ?? {}) : [])),
  );
}

function unknownField(
  document: JsonDocument,
  path: PointerToken[],
  name: string,
  fields: { [name: string]: Field },
): ReturnType<JsonDocument['diagnostic']> {
  const near = nearestName(name, Object.keys(fields));
  const help = near === undefined ? `fields: ${Object.keys(fields).join(', ') || 'none'}` : `did you mean \`${near}\`?`;
  return document.diagnostic('WB2014', path, `the connection has no field \`${name}\``, { help });
}
