import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import Ajv04 from 'ajv-draft-04';
import formats from 'ajv-formats';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { renderGithub } from '../../src/diagnostics/render-github.ts';
import { renderSarif } from '../../src/diagnostics/render-sarif.ts';
import { checkWorkspace } from '../../src/runner/check-workspace.ts';
import { waybill } from '../cli/waybill.ts';

const golden = join(import.meta.dirname, '../compiler/golden');

const FINDING: Diagnostic = {
  code: 'WB3003',
  severity: 'error',
  message: '50% of `a`,\nor: more',
  help: 'mend it',
  file: 'automations/a b/x.json',
  pointer: '/steps/0/with/a',
  range: { start: { line: 3, column: 5 }, end: { line: 3, column: 9 } },
};

/** The OASIS schema of SARIF 2.1.0, as Microsoft's SARIF packages carry it. */
function sarifValidator(): (value: unknown) => string {
  const folder = dirname(createRequire(import.meta.url).resolve('@microsoft/sarif-matcher-utils/package.json'));
  const schema = JSON.parse(readFileSync(join(folder, 'lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8')) as object;
  const ajv = new Ajv04.default({ strict: false, allErrors: true, unicodeRegExp: false });
  formats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? '' : ajv.errorsText(validate.errors));
}

test('every finding of the golden workspaces makes valid SARIF 2.1.0, with a fingerprint of its own', async () => {
  const problemsOf = sarifValidator();
  assert.notEqual(problemsOf({ version: '2.1.0', runs: [{}] }), '', 'the schema refuses what is wrong');
  for (const code of readdirSync(golden)) {
    const { diagnostics } = checkWorkspace(join(golden, code));
    const log = renderSarif(diagnostics, { version: '1.2.3', prefix: 'sub folder/' }) as {
      runs: {
        results: { ruleId: string; ruleIndex: number; partialFingerprints: object }[];
        tool: { driver: { rules: { id: string }[] } };
      }[];
    };
    assert.equal(problemsOf(log), '', code);
    const [run] = log.runs;
    for (const { ruleId, ruleIndex } of run?.results ?? []) assert.equal(run?.tool.driver.rules[ruleIndex]?.id, ruleId);
  }
});

test('a fingerprint does not change where lines above come and go', () => {
  const moved = { ...FINDING, range: { start: { line: 9, column: 1 }, end: { line: 9, column: 2 } } };
  const prints = [FINDING, moved].map((one) => {
    const log = renderSarif([one], { version: '1.0.0', prefix: '' }) as {
      runs: { results: { partialFingerprints: object }[] }[];
    };
    return log.runs[0]?.results[0]?.partialFingerprints;
  });
  assert.deepEqual(prints[0], prints[1]);
  assert.deepEqual(prints[0], { 'place/v1': 'WB3003 automations/a b/x.json#/steps/0/with/a' });
});

test('GitHub annotations are escaped as workflow commands demand', () => {
  assert.equal(
    renderGithub([FINDING], 'my,repo:x/'),
    '::error file=my%2Crepo%3Ax/automations/a b/x.json,line=3,endLine=3,col=5,endColumn=9,title=WB3003::50%25 of `a`,%0Aor: more%0Ahelp: mend it',
  );
  const many = renderGithub(
    Array.from({ length: 13 }, () => FINDING),
    '',
  );
  assert.match(many, /\n::notice::3 more errors are in the log of this step$/);
});

test('check prints both forms, with paths from the repository’s root', async () => {
  const workspace = join(golden, 'WB2006');
  const github = await waybill(['check', '--workspace', workspace, '--format', 'github']);
  assert.equal(github.code, 1);
  assert.match(github.out, /^::error file=test\/compiler\/golden\/WB2006\/automations\/acme\/example\.json,line=39/);
  const sarif = await waybill(['check', '--workspace', workspace, '--format', 'sarif']);
  assert.equal(sarif.code, 1);
  assert.equal(sarifValidator()(JSON.parse(sarif.out)), '');
});
