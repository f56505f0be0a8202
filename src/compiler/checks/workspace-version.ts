import type { CompileInput } from '../compile.ts';
import type { CompileContext } from '../context.ts';

/** A workspace made for a newer version may hold what this one would misread. */
export function checkWorkspaceVersion({ workspace, report }: CompileContext, { version }: CompileInput): void {
  const wanted = workspace.config?.value.waybill;
  if (workspace.config === undefined || wanted === undefined || !isNewer(wanted, version)) return;
  const message = `the workspace is made for Waybill ${wanted}, and this is ${version}`;
  report(
    workspace.config.document.diagnostic('WB7003', ['waybill'], message, {
      help: `install Waybill ${wanted} or newer`,
    }),
  );
}

function isNewer(left: string, right: string): boolean {
  const [a, b] = [left.split('.').map(Number), right.split('.').map(Number)];
  const differing = a.findIndex((part, index) => part !== b[index]);
  return differing !== -1 && (a[differing] ?? 0) > (b[differing] ?? 0);
}
