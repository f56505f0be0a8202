import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportAsJunit } from '../../src/testing/report-junit.ts';
import { reportAsTap } from '../../src/testing/report-tap.ts';
import { reportFileAsText } from '../../src/testing/report-text.ts';
import { runCases } from './run-text.ts';

const STEPS = [{ id: 'save', uses: 'storage.set', with: { key: 'k', value: '<&>' } }];
const trigger = { body: {} };
const RESULT = await runCases(STEPS, [
  { name: 'it # works \\ <so>', trigger, expect: { status: 'succeeded' } },
  { name: 'it\u0000 fails', trigger, expect: { storage: { k: '<"&\u0001' } } },
]);

test('as text: a line a case, and for what failed the place, what was expected and what came', () => {
  assert.equal(
    reportFileAsText(RESULT, () => undefined).replaceAll(/ +$/gm, ''),
    [
      'automations/acme/example.test.json',
      '  ✓ it # works \\ <so>',
      '  ✗ it\u0000 fails',
      '    expect.storage.k is not what came',
      '      --> automations/acme/example.test.json:19:16',
      '       |',
      String.raw`    19 |           "k": "<\"&\u0001"`,
      '       |                ^^^^^^^^^^^^',
      String.raw`       = expected: "<\"&\u0001"`,
      '       = actual:   "<&>"',
      '                     ^',
    ].join('\n'),
  );
});

test('as TAP: a plan, a line a case with what TAP reads escaped, and the failure as a YAML block', () => {
  const lines = reportAsTap([RESULT], () => undefined).split('\n');
  assert.deepEqual(lines.slice(0, 6), [
    'TAP version 14',
    '1..2',
    'ok 1 - acme/example: it \\# works \\\\ <so>',
    'not ok 2 - acme/example: it\u0000 fails',
    '  ---',
    '  message: |',
  ]);
  assert.equal(lines.at(-1), '  ...');
  assert.ok(lines.slice(6, -1).every((line) => line === '' || line.startsWith('    ')));
});

test('as JUnit: well-formed XML whatever stands in names and values', () => {
  const xml = reportAsJunit([RESULT], () => undefined);
  assert.match(
    xml,
    /<testsuite name="automations\/acme\/example.test.json" tests="2" failures="1" errors="0" time="\d+\.\d{3}">/,
  );
  assert.match(xml, /<testcase classname="acme\/example" name="it # works \\ &lt;so&gt;" file="[^"]+" time="[^"]+"\/>/);
  assert.match(xml, /name="it\uFFFD fails"[^>]*><failure message="expect.storage.k is not what came">/);
  const text = xml.replaceAll(/<\/?[a-z]+(?: [a-z]+="[^"<]*")*\/?>/g, '');
  assert.doesNotMatch(text.replace(/^<\?xml[^>]*\?>/, ''), /[<>]|&(?!amp;|lt;|gt;|quot;|#10;)/);
});
