import { UsageError } from './exit.ts';

/** Service to address. Throws `UsageError`. */
export function parseReroutes(texts: readonly string[]): Map<string, string> {
  return new Map(texts.map(parseReroute));
}

function parseReroute(text: string): [string, string] {
  const [, service = '', url = ''] = /^([a-z][a-z0-9_-]*)=(https?:\/\/.+)$/.exec(text) ?? [];
  if (url === '' || !URL.canParse(url))
    throw new UsageError(`${text} is not a reroute`, 'for example: anthropic=http://127.0.0.1:4010');
  return [service, url];
}
