import type { CompileInput } from '../compile.ts';
import type { CompileContext } from '../context.ts';

/** A workspace's connector has its folder's name, and no built-in's: nobody can put another service in its place. */
export function checkConnectorNames({ workspace, report }: CompileContext, { builtinText }: CompileInput): void {
  for (const [folder, { document, value }] of workspace.connectors) {
    if (value.name !== folder) {
      report(
        document.diagnostic(
          'WB7004',
          ['name'],
          `the connector is called \`${value.name}\` and its folder \`${folder}\``,
          { help: `call both \`${folder}\`` },
        ),
      );
    }
    const builtin = builtinText(folder);
    if (builtin !== undefined && builtin !== document.text) {
      report(
        document.diagnostic('WB7004', ['name'], `\`${folder}\` is the name of a built-in connector`, {
          help: 'give the folder and the connector another name',
        }),
      );
    }
  }
}
