/** Writes docs/diagnostics.md from the registry and the golden pairs; `--check` fails where it is not current. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODES } from '../src/diagnostics/registry.ts';

const root = join(import.meta.dirname, '..');
const file = join(root, 'docs/diagnostics.md');

const sections = Object.entries(CODES).map(([code, { title, severity, explanation }]) => {
  const example = readFileSync(join(root, 'test/compiler/golden', code, 'expected.txt'), 'utf8').trimEnd();
  return `## ${code}: ${title}\n\n${explanation} (${severity})\n\n\`\`\`text\n${example}\n\`\`\`\n`;
});
const text = `# Diagnostics\n\nWhat \`waybill check\` can find. Codes are stable and never reused.\n\n${sections.join('\n')}`;

if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/diagnostics.md is not current: run node scripts/diagnostics-docs.ts');
  process.exitCode = 1;
}
