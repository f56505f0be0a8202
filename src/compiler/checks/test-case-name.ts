import type { CompileContext } from '../context.ts';

/** The cases of a test are told apart by their names, in reports and in what `waybill test` is asked for. */
export function checkTestNames({ workspace, report }: CompileContext): void {
  for (const { document, value } of workspace.tests) {
    const seen = new Set<string>();
    for (const [index, { name }] of value.cases.entries()) {
      if (seen.has(name))
        report(
          document.diagnostic('WB7020', ['cases', index, 'name'], `there is a case \`${name}\` already`, {
            help: 'say what this one shows that the other does not',
          }),
        );
      seen.add(name);
    }
  }
}
