/** Writes docs/errors.md from the registries of codes; `--check` fails where it is not current. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAILURE_CODES } from '../src/run/failure-code.ts';
import { STALL_CODES } from '../src/runner/deploy/stall.ts';
import { API_ERRORS } from '../src/server/error-view.ts';

const file = join(import.meta.dirname, '..', 'docs/errors.md');

const text = `# Errors

What can go wrong while the runner serves. What \`waybill check\` finds before that is in [diagnostics](diagnostics.md).
Codes are stable.

## Why a step or a run failed

Each failure has a class: \`permanent\` (trying again gives the same), \`retryable\` (goes away by waiting), \`credential\`
(the connection was refused; a person has to act) or \`uncertain\` (nobody can say whether the effect took place).

${table(FAILURE_CODES)}

## Why something is not deployed

\`waybill deploy status\` shows these with a message that names the place.

${table(STALL_CODES)}

## What the runner answers

As \`{"error": {"code", "message", "help"}}\`. A webhook that waits for its run answers 502 with the code of the run's
failure.

${table(API_ERRORS)}
`;

if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/errors.md is not current: run npm run generate');
  process.exitCode = 1;
}

function table(codes: { [code: string]: string }): string {
  const rows = Object.entries(codes).map(([code, explanation]) => `| \`${code}\` | ${explanation} |`);
  return ['| code | meaning |', '|---|---|', ...rows].join('\n');
}
