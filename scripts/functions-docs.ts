/** Writes docs/functions.md from the library; `--check` fails where it is not current. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signatureOf, type LibraryFunction } from '../src/language/functions/function.ts';
import { LIBRARY } from '../src/language/functions/library.ts';

const file = join(import.meta.dirname, '..', 'docs/functions.md');

const text = `# Functions of expressions

Texts and lists have methods, as in JavaScript; everything else is in namespaces. Evaluation is pure: no function reads a
clock or chance. It always ends, within 100,000 steps and 8 MiB of what it makes. Where there is no value, such as for a
date that does not parse, the step fails with the place and the reason; \`try(value, default)\` gives the default there.

- \`try(value, default)\` gives the value, or the default where there is none.
- \`expect(value, kind)\` says what a value of which nothing is known must be: \`'string'\`, \`'number'\`, \`'boolean'\`,
  \`'object'\` or \`'array'\`. Where it is not, the step fails.

Numbers that a double cannot hold, such as ids of 19 digits, keep their digits wherever they are only passed on; to reckon
with one is an error.

${Object.entries(LIBRARY)
  .map(([group, functions]) => `## ${group}\n\n${functions.map(describe).join('\n\n')}`)
  .join('\n\n')}
`;

if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/functions.md is not current: run npm run generate');
  process.exitCode = 1;
}

function describe(called: LibraryFunction): string {
  const examples = called.examples.map(([expression, result]) => `${expression}  // ${JSON.stringify(result)}`);
  return `### \`${signatureOf(called)}\`\n\n${called.doc}\n\n\`\`\`js\n${examples.join('\n')}\n\`\`\``;
}
