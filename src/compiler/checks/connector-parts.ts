import type { PointerToken } from '../../json/pointer.ts';
import { isJsonObject, type Json } from '../../json/value.ts';
import { hasExpression, parseTemplate } from '../../language/template.ts';
import type { CompileContext } from '../context.ts';
import { schemaProblems } from '../schema-problems.ts';

/** The schemas of a workspace's own connectors can be used, and their templates can be read. */
export function checkConnectorParts({ workspace, report }: CompileContext): void {
  for (const { document, value } of workspace.connectors.values()) {
    for (const [name, { input, output, request, response, errors }] of Object.entries(value.actions)) {
      for (const [part, schema] of Object.entries({ input, output })) {
        for (const { path, message } of schemaProblems(schema))
          report(document.diagnostic('WB1007', ['actions', name, part, ...path], message));
      }
      const templates = { request, response, errors } as { [part: string]: Json | undefined };
      for (const [part, template] of Object.entries(templates)) {
        for (const [path, text] of textsIn(template ?? null, ['actions', name, part])) {
          for (const { message, start, end, help } of parseTemplate(text).problems) {
            const range = document.rangeInString(path, start, end);
            report(document.diagnostic('WB1008', path, message, { help, range }));
          }
        }
      }
    }
  }
}

function* textsIn(value: Json, path: PointerToken[]): Generator<[PointerToken[], string]> {
  if (typeof value === 'string' && hasExpression(value)) yield [path, value];
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* textsIn(item, [...path, index]);
  else if (isJsonObject(value)) for (const [key, item] of Object.entries(value)) yield* textsIn(item, [...path, key]);
}
