import type { GithubClient } from '../../github/github-client.ts';
import { count, shortList } from './words.ts';
import type { Outcome } from './work.ts';

/** Names our status among those of a commit. */
const CONTEXT = 'waybill/deploy';

/** Writes what became of a commit as its status on GitHub. Gives what was written. Throws `GithubError`. */
export async function reportStatus(github: GithubClient, outcome: Outcome): Promise<string> {
  const description = describeOutcome(outcome);
  const state = outcome.ready ? 'success' : 'failure';
  await github.setStatus(outcome.revision, { state, context: CONTEXT, description });
  return `${state}: ${description}`;
}

/** `12 automations in 3 accounts`, or what is wrong. */
function describeOutcome({ accounts, automations, reason }: Outcome): string {
  const { ready, stalled, suspended } = accounts;
  const kept = suspended === 0 ? '' : `, ${suspended} suspended`;
  if (stalled.length > 0)
    return `${count(ready, 'account')} ready${kept}, ${stalled.length} stalled: ${shortList(stalled)}`;
  if (reason !== undefined) return reason.message;
  return `${count(automations, 'automation')} in ${count(ready + suspended, 'account')}${kept}`;
}
