import type { Reconciled } from '../runner/deploy/reconciler.ts';
import { shortRevision } from '../runner/deploy/words.ts';
import type { DeployEntryView, DeployView, ReconciliationView } from '../server/api-types.ts';
import { renderTable } from './render-table.ts';

/** Names and accounts that are shown of a long list. */
const SHOWN = 10;

/** What a reconciliation came to, in lines for a log. */
export function describeReconciled({ record, whole, reason, switched, stalled, changes, lost }: Reconciled): string[] {
  if (record === undefined) return [];
  const commit = record.revision?.startsWith('sha256:') === false ? ` ${shortRevision(record.revision)}` : '';
  const { added, changed, removed } = changes;
  const lines: string[] = [];
  if (lost > 0) lines.push(`A forced push took ${lost} commit${lost === 1 ? '' : 's'} away.`);
  if (switched) {
    const counts = `${added.length} added, ${changed.length} changed, ${removed.length} removed.`;
    lines.push(`Deployed${commit}. ${counts}`);
    for (const [verb, names] of Object.entries(changes) as [string, string[]][])
      for (const name of names.slice(0, SHOWN)) lines.push(`  ${verb} ${name}`);
  } else {
    // What git or the system said ends with a full stop, or does not.
    const why = (reason?.message ?? 'the step failed').trim().replace(/\.$/, '');
    const serves = whole?.applied === undefined ? '' : ' What was deployed last goes on.';
    lines.push(`Not deployed${commit}: ${why}.${serves}`);
  }
  for (const { account, reason: why } of stalled.slice(0, SHOWN)) lines.push(`  stalled ${account}: ${why.message}`);
  if (stalled.length > SHOWN) lines.push(`  and ${stalled.length - SHOWN} more stalled: waybill deploy status`);
  const report = record.steps.find(({ name, status }) => name === 'report' && status === 'failed');
  if (report !== undefined) lines.push(`The outcome could not be reported: ${report.message}`);
  return lines;
}

const MARKS: { [status in ReconciliationView['steps'][number]['status']]: string } = {
  pending: '·',
  running: '…',
  done: '✓',
  skipped: '–',
  failed: '✗',
  interrupted: '?',
};

/** How everything is deployed, for readers; with the last changes of each account where `recent` asks for them. */
export function renderDeploy(view: DeployView, recent: boolean): string {
  const { source, head, asked_at, pinned, whole, accounts, reconciliations } = view;
  const lines = [`source   ${source}`];
  if (head !== undefined) lines.push(`newest   ${shortRevision(head)}, asked ${asked_at ?? 'never'}`);
  if (pinned !== undefined)
    lines.push(`pinned   ${shortRevision(pinned)}: waybill deploy unpin follows the branch again`);
  lines.push(`status   ${whole === undefined ? 'nothing was deployed yet' : renderEntry(whole)}`);
  const [last] = reconciliations;
  if (last !== undefined) lines.push('', ...renderReconciliation(last));
  if (accounts.length > 0) lines.push('', renderAccounts(accounts));
  lines.push(...accounts.flatMap(renderStalledAutomations));
  if (recent) for (const entry of accounts) lines.push('', ...renderRecent(entry));
  return lines.join('\n');
}

function renderEntry({ status, reason, applied }: DeployEntryView): string {
  const at = applied === undefined ? '' : ` at ${shortRevision(applied)}`;
  return `${status}${at}${reason === undefined ? '' : `: ${reason.message} (${reason.code})`}`;
}

function renderReconciliation({ cause, started_at, steps }: ReconciliationView): string[] {
  return [
    `last     ${started_at} (${cause})`,
    ...steps.map(({ name, status, message, duration_ms }) => {
      const took = duration_ms === undefined || status === 'skipped' ? '' : `  ${duration_ms} ms`;
      return `  ${MARKS[status]} ${name.padEnd(8)} ${message ?? status}${took}`;
    }),
  ];
}

function renderAccounts(accounts: DeployView['accounts']): string {
  return renderTable([
    ['ACCOUNT', 'STATUS', 'DEPLOYED', 'TRIED', 'SINCE', 'REASON'],
    ...accounts.map(({ account, status, applied, attempted, changed_at, reason }) => [
      account,
      status,
      applied === undefined ? '–' : shortRevision(applied),
      attempted === undefined ? '–' : shortRevision(attempted),
      changed_at,
      reason === undefined ? '' : `${reason.message} (${reason.code})`,
    ]),
  ]);
}

/** What is deployed and starts no runs for now. */
function renderStalledAutomations({ account, stalled_automations }: DeployView['accounts'][number]): string[] {
  return stalled_automations.map(({ automation, reason }) => {
    return `  stalled ${account}/${automation}: ${reason.message} (${reason.code})`;
  });
}

function renderRecent({ account, recent }: DeployView['accounts'][number]): string[] {
  return [
    `last changes of ${account}`,
    ...recent.map(({ revision, at, status, reason }) => {
      const commit = revision === undefined ? '' : ` ${shortRevision(revision)}`;
      return `  ${at} ${status}${commit}${reason === undefined ? '' : `: ${reason.message}`}`;
    }),
  ];
}
