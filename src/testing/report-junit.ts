import { renderBroken, renderFailures } from './render-failure.ts';
import { isBroken } from './report-text.ts';
import type { FileResult } from './run-tests.ts';

/** The results in the XML of JUnit, as CI systems read it: a suite a file. */
export function reportAsJunit(results: readonly FileResult[], source: (file: string) => string | undefined): string {
  const suites = results.map((result) => suite(result, source));
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...suites, '</testsuites>'].join('\n');
}

function suite(result: FileResult, source: (file: string) => string | undefined): string {
  const { file, account, automation, cases } = result;
  const broken = isBroken(result);
  const attributes = {
    name: file,
    tests: cases.length + (broken ? 1 : 0),
    failures: cases.filter(({ passed }) => !passed).length,
    errors: broken ? 1 : 0,
    time: seconds(cases.reduce((sum, { duration }) => sum + duration, 0)),
  };
  const classname = `${account}/${automation}`;
  const children = cases.map((one, index) => {
    const start = `<testcase${written({ classname, name: one.name, file, time: seconds(one.duration) })}`;
    if (one.passed) return `    ${start}/>`;
    return `    ${start}>${element('failure', renderFailures(result, index, one))}</testcase>`;
  });
  if (broken) {
    const why = element('error', renderBroken(result, source));
    children.push(
      `    <testcase${written({ classname, name: 'it can be run', file, time: '0.000' })}>${why}</testcase>`,
    );
  }
  return [`  <testsuite${written(attributes)}>`, ...children, '  </testsuite>'].join('\n');
}

function element(name: 'failure' | 'error', text: string): string {
  const [first = ''] = text.split('\n');
  return `<${name}${written({ message: first })}>${escaped(text)}</${name}>`;
}

function written(attributes: { [name: string]: string | number }): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`)
    .join('');
}

/** Text of XML 1.0: what no XML document may hold is replaced (section 2.2). */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
