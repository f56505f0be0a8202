/** What GitHub's API refused, or why it could not be asked; never holds the token. */
export class GithubError extends Error {}

export interface GithubOptions {
  /** `https://api.github.com`, or of an own server `https://HOST/api/v3`. */
  api: string;
  /** `owner/name`. */
  repository: string;
  /** Asked for at each call: a token may be replaced while the program runs. */
  token: () => Promise<string>;
}

export interface CommitStatus {
  state: 'pending' | 'success' | 'failure' | 'error';
  /** Tells this status from those of other programs at the same commit. */
  context: string;
  /** Cut at what GitHub takes. */
  description: string;
}

interface Comment {
  id: number;
  body?: string;
}

/** https://docs.github.com/en/rest/about-the-rest-api/api-versions */
const API_VERSION = '2022-11-28';
const TIMEOUT_MS = 15_000;
/** Characters of a status' description, and of a comment. */
const MAX_DESCRIPTION = 140;
const MAX_COMMENT = 65_536;
/** Comments that one request gives, at most what GitHub allows; and pages that are looked through. */
const PER_PAGE = 100;
const MAX_PAGES = 50;

/** The little of GitHub's REST API that Waybill uses. Throws `GithubError`. */
export class GithubClient {
  private readonly options: GithubOptions;

  constructor(options: GithubOptions) {
    this.options = options;
  }

  /** https://docs.github.com/en/rest/commits/statuses#create-a-commit-status: the newest of a context counts. */
  async setStatus(commit: string, { state, context, description }: CommitStatus): Promise<void> {
    const body = { state, context, description: cut(description, MAX_DESCRIPTION) };
    await this.call('POST', `/statuses/${commit}`, body);
  }

  /**
   * Writes the one comment of a pull request that holds the marker, an HTML comment that readers do not see: the one that
   * is there is changed, so that a pull request has never more than one. Gives whether it was made or changed.
   * https://docs.github.com/en/rest/issues/comments
   */
  async putComment(pullRequest: number, marker: string, text: string): Promise<'made' | 'changed'> {
    const body = cut(`${marker}\n${text}`, MAX_COMMENT);
    const known = await this.findComment(pullRequest, marker);
    if (known === undefined) {
      await this.call('POST', `/issues/${pullRequest}/comments`, { body });
      return 'made';
    }
    await this.call('PATCH', `/issues/comments/${known.id}`, { body });
    return 'changed';
  }

  private async findComment(pullRequest: number, marker: string): Promise<Comment | undefined> {
    for (let page = 1; page <= MAX_PAGES; page++) {
      const path = `/issues/${pullRequest}/comments?per_page=${PER_PAGE}&page=${page}`;
      const comments = (await (await this.call('GET', path)).json()) as Comment[];
      const found = comments.find(({ body }) => body?.startsWith(marker) === true);
      if (found !== undefined || comments.length < PER_PAGE) return found;
    }
    return undefined;
  }

  private async call(method: string, path: string, body?: object): Promise<Response> {
    const { api, repository, token } = this.options;
    const headers = {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${await token()}`,
      'x-github-api-version': API_VERSION,
    };
    const init = { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS) };
    let response: Response;
    try {
      const url = `${api}/repos/${repository}${path}`;
      response = await fetch(url, body === undefined ? init : { ...init, body: JSON.stringify(body) });
    } catch (error) {
      const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new GithubError(`${api} cannot be reached: ${why}`, { cause: error });
    }
    if (!response.ok) throw await refusal(response, repository);
    return response;
  }
}

async function refusal(response: Response, repository: string): Promise<GithubError> {
  const answer = (await response.json().catch(() => undefined)) as { message?: string } | undefined;
  const hint = HINTS[response.status];
  const words = `GitHub answered ${response.status} for ${repository}: ${answer?.message ?? 'no reason'}`;
  return new GithubError(hint === undefined ? words : `${words}. ${hint}`);
}

const HINTS: { [status: number]: string } = {
  401: 'The token is wrong or has expired',
  403: 'The token may not do this: it needs the right to write commit statuses, or pull requests for comments',
  404: 'There is no such repository or commit, or the token may not see it',
};

/** At most so many characters. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
