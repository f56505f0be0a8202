import { isJsonObject, type Json } from '../json/value.ts';

/** Characters of a line. */
const WIDTH = 100;

/**
 * A value as one writes it by hand: in a line where it has room, otherwise an entry a line. `indent`: spaces before the
 * line that it stands in; `column`: where in that line it begins.
 */
export function renderJson(value: Json, indent: number, column: number): string {
  const inline = inLine(value);
  if (column + inline.length <= WIDTH) return inline;
  const inner = indent + 2;
  const entries = Array.isArray(value)
    ? value.map((item) => renderJson(item, inner, inner))
    : isJsonObject(value)
      ? Object.entries(value).map(([key, item]) => {
          const name = `${JSON.stringify(key)}: `;
          return name + renderJson(item, inner, inner + name.length);
        })
      : [];
  if (entries.length === 0) return inline;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const margin = `\n${' '.repeat(inner)}`;
  return `${open}${margin}${entries.join(`,${margin}`)}\n${' '.repeat(indent)}${close}`;
}

function inLine(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(inLine).join(', ')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${inLine(item)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
