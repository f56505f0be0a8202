/** Writes workspaces as integrators have them: many accounts, each with automations of its own making. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const RECIPIENT = 'age1x75zpmgtwv2hxyv0leu46vte3upyk9spxpylddwe6fknjxtqpyhs8pm47h';
const FIELDS = ['email', 'name', 'company', 'amount', 'note', 'city', 'order', 'stage', 'owner', 'source'];

/** Numbers that are the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Writes a workspace of so many accounts with so many automations each. */
export function generateWorkspace(folder: string, accounts: number, automations: number): void {
  const random = randomFrom(7);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'waybill.json'), '{ "waybill": "0.1.0" }\n');
  for (let account = 0; account < accounts; account++) {
    const place = join(folder, 'automations', `account-${account}`);
    mkdirSync(place, { recursive: true });
    const value = {
      name: `Account ${account}`,
      timezone: 'Europe/Madrid',
      region: 'ES',
      recipients: [RECIPIENT],
      connections: { web: { connector: 'http', fields: { hosts: [`api.account-${account}.example.com`] } } },
    };
    writeFileSync(join(place, 'account.json'), JSON.stringify(value, undefined, 2));
    for (let index = 0; index < automations; index++)
      writeFileSync(
        join(place, `automation-${index}.json`),
        JSON.stringify(automation(random, account, index), undefined, 2),
      );
  }
}

function automation(random: () => number, account: number, index: number): object {
  const fields = FIELDS.filter(() => random() < 0.6);
  const properties = Object.fromEntries(
    fields.map((field) => [field, { type: 'string', maxLength: 100 + Math.floor(random() * 400) }]),
  );
  const required = fields.filter(() => random() < 0.5);
  const items = {
    type: 'array',
    items: { type: 'object', required: ['id'], properties: { id: { type: 'string' }, n: { type: 'integer' } } },
  };
  const body = {
    type: 'object',
    required: ['kind', 'items', ...required],
    properties: { kind: { enum: ['new', 'changed', 'gone'] }, items, ...properties },
  };
  const count = 3 + Math.floor(random() ** 2 * 37);
  const steps = Array.from({ length: count }, (_, step) =>
    makeStep(random, { account, index, step, fields, required }),
  );
  return { name: `Automation ${index} of account ${account}`, trigger: { webhook: { body, verify: 'none' } }, steps };
}

interface Place {
  account: number;
  index: number;
  step: number;
  fields: string[];
  required: string[];
}

function makeStep(random: () => number, place: Place): object {
  const { account, step } = place;
  const id = `s${step}`;
  const text = (): string => expression(random, place);
  const kind = random();
  if (kind < 0.15) return { id, set: { a: `\${{ ${text()} }}`, b: `${account}: \${{ ${text()} }}` } };
  if (kind < 0.25) {
    const store = {
      id: `${id}_a`,
      uses: 'storage.set',
      with: { key: `\${{ item.id + '${account}' }}`, value: `\${{ item.n ?? ${step} }}` },
    };
    return { id, for_each: '${{ trigger.body.items }}', steps: [store], output: '${{ item.id }}' };
  }
  if (kind < 0.35) {
    const store = { id: `${id}_a`, uses: 'storage.increment', with: { key: `kind-${account}`, by: 1 } };
    return { id, switch: [{ if: "${{ trigger.body.kind === 'new' }}", steps: [store], output: `\${{ ${text()} }}` }] };
  }
  if (kind < 0.6)
    return {
      id,
      uses: 'storage.set',
      with: { key: `k-\${{ ${text()} }}`, value: { a: `\${{ ${text()} }}`, b: [step, `\${{ ${text()} }}`] } },
    };
  const url = `https://api.account-${account}.example.com/\${{ url.encode(${text()}) }}`;
  return { id, uses: 'http.request', with: { method: 'POST', url, body: { text: `\${{ ${text()} }}`, account } } };
}

/** A text over the trigger, as varied as people write them. */
function expression(random: () => number, { account, index, step, fields, required }: Place): string {
  const field = fields[Math.floor(random() * fields.length)];
  const known = required[Math.floor(random() * required.length)];
  const constant = `'${account}-${index}-${step}'`;
  const choices = [
    "trigger.body.kind === 'new' ? 'created' : 'kept'",
    `trigger.body.items.map(item => item.id).join(${constant})`,
    `trigger.body.items.filter(item => (item.n ?? 0) > ${step}).map(item => item.id).unique().join(',')`,
    ...(field === undefined
      ? []
      : [`trigger.body.${field} ?? ${constant}`, `(trigger.body.${field} ?? '').trim().toLowerCase()`]),
    ...(known === undefined
      ? []
      : [`trigger.body.${known}`, `trigger.body.${known}.slice(0, ${step + 1}) + ${constant}`]),
  ];
  return choices[Math.floor(random() * choices.length)] ?? constant;
}
