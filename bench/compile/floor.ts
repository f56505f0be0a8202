/** The least that any checker must do: read the files, parse them, validate them, parse each distinct expression once. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseExpressionAt } from 'acorn';
import { validateAccount, validateAutomation } from '../../src/generated/validators.js';

const [folder = ''] = process.argv.slice(2);
const before = process.cpuUsage();
const seen = new Set<string>();
for (const account of readdirSync(join(folder, 'automations'))) {
  for (const file of readdirSync(join(folder, 'automations', account))) {
    const text = readFileSync(join(folder, 'automations', account, file), 'utf8');
    const value: unknown = JSON.parse(text);
    const valid = file === 'account.json' ? validateAccount(value) : validateAutomation(value);
    if (!valid) throw new Error(`${account}/${file} does not fit its schema`);
    for (const [, expression = ''] of text.matchAll(/\$\{\{(.*?)\}\}/g)) {
      if (seen.has(expression)) continue;
      seen.add(expression);
      parseExpressionAt(JSON.parse(`"${expression}"`) as string, 0, { ecmaVersion: 2025 });
    }
  }
}
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({
    cpuMs: (user + system) / 1000,
    memoryMiB: process.memoryUsage().rss / 1024 ** 2,
    expressions: seen.size,
  }),
);
