import type { Field } from '../../generated/connector.ts';
import type { Json } from '../../json/value.ts';
import type { ConnectionForm } from '../../runner/connecting/connection-form.ts';
import type { EnteredFields, FieldProblem } from '../../runner/connecting/connection-values.ts';
import { escapeHtml } from './page.ts';

/** Begins the names of a connection's fields in the form. */
export const FIELD = 'field.';

/** As many choices are shown side by side; more are a list that unfolds. */
const MAX_SHOWN_CHOICES = 4;

interface AskedField {
  name: string;
  field: Field;
  /** What was entered before, where it is no secret; otherwise the connector's default. */
  value: string;
  problem: FieldProblem | undefined;
  /** Whether it belongs to the connection only as long as another field, which can be changed, is of some value. */
  conditional: boolean;
}

/** The inputs of all fields that a connection can have. HTML. */
export function inputsOf(form: ConnectionForm, entered: EnteredFields, problems: readonly FieldProblem[]): string {
  return askedFields(form)
    .map(([name, field]) =>
      inputOf({
        name,
        field,
        value: field.secret === true ? '' : (entered[name] ?? textOf(field.default)),
        problem: problems.find((one) => one.field === name),
        conditional: field.when !== undefined,
      }),
    )
    .join('\n');
}

/** Hides what does not belong to what is chosen, without a script. CSS. */
export function conditionsOf(form: ConnectionForm): string {
  const asked = askedFields(form);
  return asked
    .flatMap(([name, { when }]) => {
      if (when === undefined || !isChoice(form.spec.fields[when.field])) return [];
      if (!asked.some(([other]) => other === when.field)) return [];
      const other = `[name="${FIELD}${when.field}"]`;
      const chosen = when.is.flatMap((value) => {
        const checked = `[value=${quoteCss(String(value))}]:checked`;
        return [`${other}${checked}`, `${other} ${checked}`];
      });
      return [`form:not(:has(${chosen.join(', ')})) [data-field="${name}"] { display: none; }`];
    })
    .join('\n');
}

/** The fields that stand in account.json already. HTML. */
export function givenFields({ spec, given }: ConnectionForm): string {
  const rows = Object.entries(given).map(([name, value]) => {
    const title = spec.fields[name]?.title ?? name;
    return `<dt>${escapeHtml(title)}</dt><dd>${escapeHtml(textOf(value))}</dd>`;
  });
  return rows.length === 0 ? '' : `<dl>\n${rows.join('\n')}\n</dl>`;
}

/** What can be entered: what does not stand in account.json, and does not contradict what stands there. */
function askedFields({ spec, given }: ConnectionForm): [string, Field][] {
  return Object.entries(spec.fields).filter(([name, { when }]) => {
    if (Object.hasOwn(given, name)) return false;
    if (when === undefined || !Object.hasOwn(given, when.field)) return true;
    return when.is.some((one) => one === given[when.field]);
  });
}

function inputOf(asked: AskedField): string {
  const { name, field, problem } = asked;
  const place = `data-field="${name}"`;
  const choices = choicesOf(field);
  const optional = isOptional(field) ? ' <span class="optional">may be left empty</span>' : '';
  const about = `${helpOf(asked)}${problem === undefined ? '' : problemOf(field, problem)}`;
  const title = escapeHtml(field.title);
  if (choices !== undefined && choices.length <= MAX_SHOWN_CHOICES)
    return `<fieldset ${place}><legend>${title}</legend>${about}${radios(asked, choices)}</fieldset>`;
  const control = choices === undefined ? textInput(asked) : select(asked, choices);
  return `<div class="field" ${place}><label for="${idOf(name)}">${title}${optional}</label>${about}${control}</div>`;
}

function helpOf({ field }: AskedField): string {
  const words = field.description === undefined ? '' : escapeHtml(field.description);
  const link =
    field.help_url === undefined
      ? ''
      : `<a href="${escapeHtml(field.help_url)}" target="_blank" rel="noopener noreferrer">Where it is made</a>`;
  return words === '' && link === ''
    ? ''
    : `<p class="help">${[words, link].filter((part) => part !== '').join(' ')}</p>`;
}

function problemOf({ title }: Field, { field, message, help }: FieldProblem): string {
  const more = help === undefined ? '' : ` ${help.charAt(0).toUpperCase()}${help.slice(1)}`;
  return `<p class="bad" role="alert" id="${idOf(field)}-problem">${escapeHtml(`${title} ${message}.${more}`)}</p>`;
}

function textInput(asked: AskedField): string {
  const { name, field, value } = asked;
  if (field.type === 'list')
    return `<textarea ${attributes(asked)} rows="3" placeholder="one on each line">${escapeHtml(value)}</textarea>`;
  if (field.lines === true)
    // Nobody sends back what is secret, and browsers show no more of it than of a password.
    return `<textarea ${attributes(asked)} rows="6"${field.secret === true ? ' class="secret"' : ''}>${escapeHtml(value)}</textarea>`;
  const type = field.secret === true ? 'password' : 'text';
  const input = `<input ${attributes(asked)} type="${type}" value="${escapeHtml(value)}">`;
  if (field.prefix === undefined && field.suffix === undefined) return input;
  return `<div class="affixed" id="${idOf(name)}-whole">${affix(field.prefix)}${input}${affix(field.suffix)}</div>`;
}

function affix(text: string | undefined): string {
  return text === undefined ? '' : `<span>${escapeHtml(text)}</span>`;
}

function select(asked: AskedField, choices: readonly string[]): string {
  const options = choices.map((choice) => {
    const chosen = choice === asked.value ? ' selected' : '';
    return `<option value="${escapeHtml(choice)}"${chosen}>${escapeHtml(choice)}</option>`;
  });
  const none = asked.value === '' ? ['<option value=""></option>'] : [];
  return `<select ${attributes(asked)}>${[...none, ...options].join('')}</select>`;
}

function radios({ name, value }: AskedField, choices: readonly string[]): string {
  return choices
    .map((choice) => {
      const chosen = choice === value ? ' checked' : '';
      const input = `<input type="radio" name="${FIELD}${name}" value="${escapeHtml(choice)}"${chosen}>`;
      return `<label class="choice">${input}${escapeHtml(choice)}</label>`;
    })
    .join('');
}

function attributes({ name, field, problem, conditional }: AskedField): string {
  // A browser would insist on a required field that is hidden; the server insists on those that are in use.
  const required = conditional || isOptional(field) ? '' : ' required';
  const wrong = problem === undefined ? '' : ` aria-invalid="true" aria-describedby="${idOf(name)}-problem"`;
  return `id="${idOf(name)}" name="${FIELD}${name}" autocomplete="off" autocapitalize="none" spellcheck="false"${required}${wrong}`;
}

function choicesOf({ enum: choices, type }: Field): readonly string[] | undefined {
  return type === 'boolean' ? ['true', 'false'] : choices;
}

function isChoice(field: Field | undefined): boolean {
  return field !== undefined && choicesOf(field) !== undefined;
}

function isOptional({ required, default: fallback, secret }: Field): boolean {
  return required === false || (secret !== true && fallback !== undefined);
}

function idOf(name: string): string {
  return `field-${name}`;
}

/** As it is typed: each item of a list on a line of its own. */
function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(textOf).join('\n');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A text in CSS, with whatever could end it escaped: https://www.w3.org/TR/css-syntax-3/#escaping */
function quoteCss(text: string): string {
  return `"${text.replaceAll(/[^A-Za-z0-9_.:/-]/g, (one) => `\\${one.codePointAt(0)?.toString(16)} `)}"`;
}
