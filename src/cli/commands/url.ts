import type { HookView } from '../../server/api-types.ts';
import { EXIT } from '../exit.ts';
import type { Format } from '../options.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

/** `waybill url ACCOUNT AUTOMATION`: the webhook's address, and a call whose body fits. */
export async function url(
  account: string,
  automation: string,
  { format, ...runner }: RunnerOptions & { format: Format },
): Promise<number> {
  const client = await RunnerClient.find(runner);
  const path = `/hooks/${encodeURIComponent(account)}/${encodeURIComponent(automation)}`;
  const view = await client.get<HookView>(path);
  const address = client.url + view.path;
  const curl = `curl -X POST ${address} -H 'content-type: application/json' -d ${shellQuoted(JSON.stringify(view.sample))}`;
  if (format === 'json') {
    const { sample, issues, verified } = view;
    console.log(JSON.stringify({ url: address, curl, sample, issues, verified }));
    return EXIT.clean;
  }
  console.log(`${address}\n\n${curl}`);
  if (view.verified !== undefined)
    console.log(
      `\nOnly requests signed as ${view.verified} are taken: this one is refused, and kept among the refusals.`,
    );
  if (view.issues.length > 0) console.log(`\nMend the body before you send it: ${view.issues.join('; ')}.`);
  return EXIT.clean;
}

/** In single quotes, as POSIX shells read it. */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
