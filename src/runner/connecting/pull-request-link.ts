/** What host of repositories it is: by its name, which is how they call their own machines too. */
const HOSTS: readonly { name: RegExp; link: (repository: string, branch: string, base: string) => string }[] = [
  {
    // https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/proposing-changes-to-your-work-with-pull-requests/using-query-parameters-to-create-a-pull-request
    name: /^(.+\.)?github\./,
    link: (repository, branch, base) => `${repository}/compare/${path(base)}...${path(branch)}?expand=1`,
  },
  {
    // https://docs.gitlab.com/user/project/merge_requests/creating_merge_requests/
    name: /^(.+\.)?gitlab\./,
    link: (repository, branch, base) =>
      `${repository}/-/merge_requests/new?${new URLSearchParams([
        ['merge_request[source_branch]', branch],
        ['merge_request[target_branch]', base],
      ]).toString()}`,
  },
  {
    // https://support.atlassian.com/bitbucket-cloud/docs/create-a-pull-request-to-merge-your-change/
    name: /^bitbucket\.org$/,
    link: (repository, branch, base) =>
      `${repository}/pull-requests/new?${new URLSearchParams({ source: branch, dest: base }).toString()}`,
  },
];

/** The page on which a pull request from one branch to another is opened; `undefined` where the host is not known. */
export function pullRequestLink(remote: string, branch: string, base: string): string | undefined {
  const { host, repository } = webAddressOf(remote) ?? {};
  const known = host === undefined ? undefined : HOSTS.find(({ name }) => name.test(host));
  return repository === undefined ? undefined : known?.link(repository, branch, base);
}

/** The repository's page, from any of the addresses that git takes: https, ssh, or `git@host:owner/name.git`. */
function webAddressOf(remote: string): { host: string; repository: string } | undefined {
  const [, scpHost, scpPath] = /^(?:[\w.-]+@)?([\w.-]+\.[\w-]+):(?!\/\/)(.+)$/.exec(remote) ?? [];
  const url = scpHost === undefined && URL.canParse(remote) ? new URL(remote) : undefined;
  if (url !== undefined && !['https:', 'ssh:'].includes(url.protocol)) return undefined;
  const host = scpHost ?? url?.hostname;
  const place = (scpPath ?? url?.pathname ?? '').replace(/^\/+|\/+$/g, '').replace(/\.git$/, '');
  return !host || place === '' ? undefined : { host, repository: `https://${host}/${place}` };
}

/** A branch's name in a path: its slashes stay. */
function path(branch: string): string {
  return branch.split('/').map(encodeURIComponent).join('/');
}
