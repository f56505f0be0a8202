import { appendFile, readFile } from 'node:fs/promises';
import { GithubClient, GithubError } from '../github/github-client.ts';
import { UsageError } from './exit.ts';

/** Readers do not see it; by it the comment is found again. */
const MARKER = '<!-- waybill:plan -->';

/**
 * Writes Markdown as the one comment of the pull request that a GitHub workflow runs for; where its token may not, as on a
 * pull request from a fork, into the job's summary. Gives where it went. The environment is that of
 * https://docs.github.com/en/actions/reference/workflows-and-actions/variables. Throws `UsageError` outside of such a workflow.
 */
export async function writePullRequestComment(
  markdown: string,
  environment: { [name: string]: string | undefined },
): Promise<string> {
  const { GITHUB_API_URL: api, GITHUB_REPOSITORY: repository, GITHUB_EVENT_PATH: event } = environment;
  const number = event === undefined ? undefined : await pullRequestOf(event);
  if (api === undefined || repository === undefined || number === undefined)
    throw new UsageError(
      '--comment writes into the pull request that a GitHub workflow runs for, and this is none',
      'leave it out, or run on pull_request',
    );
  try {
    await new GithubClient({ api, repository, token: () => tokenOf(environment) }).putComment(number, MARKER, markdown);
    return `The plan is a comment of pull request ${number}.`;
  } catch (error) {
    if (!(error instanceof GithubError)) throw error;
    const summary = environment['GITHUB_STEP_SUMMARY'];
    if (summary === undefined) throw error;
    await appendFile(summary, `${markdown}\n`);
    return `The plan is in the job's summary, and no comment: ${error.message}.`;
  }
}

/** The number in the event that started the workflow. */
async function pullRequestOf(file: string): Promise<number | undefined> {
  const { pull_request: pullRequest } = JSON.parse(await readFile(file, 'utf8')) as {
    pull_request?: { number: number };
  };
  return pullRequest?.number;
}

async function tokenOf({ GITHUB_TOKEN: token }: { [name: string]: string | undefined }): Promise<string> {
  if (token === undefined || token === '') throw new GithubError('there is no GITHUB_TOKEN');
  return token;
}
