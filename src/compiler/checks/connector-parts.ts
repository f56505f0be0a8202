import type { PointerToken } from '../../json/pointer.ts';
import { isJsonObject, type JsonObject } from '../../json/value.ts';
import { hasExpression, parseTemplate } from '../../language/template.ts';
import type { JsonDocument } from '../../workspace/json-document.ts';
import type { CompileContext } from '../context.ts';
import { schemaProblems } from '../schema-problems.ts';

/** The schemas of a workspace's own connectors can be used, and their templates can be read. */
export function checkConnectorParts({ workspace, report }: CompileContext): void {
  for (const { document, value } of workspace.connectors.values()) {
    for (const [name, { input, output, request, response, errors }] of Object.entries(value.actions)) {
      checkSchemas(document, { input, output }, ['actions', name], report);
      const templates = { request, response, errors };
      for (const [part, template] of Object.entries(templates))
        checkTemplates(document, template, ['actions', name, part], report);
    }
    for (const [name, { input = {}, output, poll }] of Object.entries(value.triggers ?? {})) {
      checkSchemas(document, { input, output }, ['triggers', name], report);
      checkTemplates(document, poll, ['triggers', name, 'poll'], report);
    }
    checkTemplates(document, value.webhook_schemes, ['webhook_schemes'], report);
  }
}

function checkSchemas(
  document: JsonDocument,
  schemas: { [part: string]: JsonObject },
  place: PointerToken[],
  report: CompileContext['report'],
): void {
  for (const [part, schema] of Object.entries(schemas)) {
    for (const { path, message } of schemaProblems(schema))
      report(document.diagnostic('WB1007', [...place, part, ...path], message));
  }
}

function checkTemplates(
  document: JsonDocument,
  value: unknown,
  place: PointerToken[],
  report: CompileContext['report'],
): void {
  for (const [path, text] of textsIn(value, place)) {
    for (const { message, start, end, help } of parseTemplate(text).problems) {
      const range = document.rangeInString(path, start, end);
      report(document.diagnostic('WB1008', path, message, { help, range }));
    }
  }
}

function* textsIn(value: unknown, path: PointerToken[]): Generator<[PointerToken[], string]> {
  if (typeof value === 'string' && hasExpression(value)) yield [path, value];
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* textsIn(item, [...path, index]);
  else if (isJsonObject(value)) for (const [key, item] of Object.entries(value)) yield* textsIn(item, [...path, key]);
}
