import type { HookView, RotatedHookView } from '../../server/api-types.ts';
import { EXIT, UsageError } from '../exit.ts';
import type { Format } from '../options.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

export interface UrlOptions extends RunnerOptions {
  format: Format;
  rotate?: true;
  /** Seconds. */
  overlap?: number;
}

/** `waybill url ACCOUNT AUTOMATION|@CONNECTION`: the address, or a new one, and a call whose body fits or what comes there. */
export async function url(account: string, automation: string, options: UrlOptions): Promise<number> {
  const { format, rotate, overlap, ...runner } = options;
  if (overlap !== undefined && rotate === undefined) throw new UsageError('--overlap goes with --rotate');
  const client = await RunnerClient.find(runner);
  const path = `/hooks/${encodeURIComponent(account)}/${encodeURIComponent(automation)}`;
  const view: HookView & Partial<RotatedHookView> =
    rotate === undefined
      ? await client.get<HookView>(path)
      : await client.post<RotatedHookView>(`${path}/rotate`, JSON.stringify({ overlap_s: overlap }));
  const address = view.url ?? client.url + view.path;
  if (view.sample === undefined) return showConnection(view, address, format);
  const curl = `curl -X POST ${address} -H 'content-type: application/json' -d ${shellQuoted(JSON.stringify(view.sample))}`;
  if (format === 'json') {
    const { sample, issues, verified, former_until } = view;
    console.log(JSON.stringify({ url: address, curl, sample, issues, verified, former_until }));
    return EXIT.clean;
  }
  console.log(`${address}\n\n${curl}`);
  if (view.former_until !== undefined)
    console.log(`\nThe address before this one is taken until ${view.former_until}.`);
  if (view.verified !== undefined)
    console.log(
      `\nOnly requests signed as ${view.verified} are taken: this one is refused, and kept among the refusals.`,
    );
  if (view.issues.length > 0) console.log(`\nMend the body before you send it: ${view.issues.join('; ')}.`);
  return EXIT.clean;
}

function showConnection(view: HookView & Partial<RotatedHookView>, address: string, format: Format): number {
  const { listeners, verified, given_key, former_until } = view;
  if (format === 'json') {
    console.log(JSON.stringify({ url: address, listeners, verified, given_key, former_until }));
    return EXIT.clean;
  }
  console.log(`${address}\n\nWhat comes here, signed as ${verified}, starts`);
  for (const { automation, on } of listeners) console.log(`  ${automation} on ${on}`);
  const setups = [...new Set(listeners.flatMap(({ setup }) => setup ?? []))];
  if (setups.length === 0) console.log('\nThe runner tells the service this address: waybill subscriptions');
  for (const setup of setups) console.log(`\n${setup}`);
  if (given_key !== undefined) console.log(`\nThe service gave this key to the address: ${given_key}`);
  if (former_until !== undefined) console.log(`\nThe address before this one is taken until ${former_until}.`);
  return EXIT.clean;
}

/** In single quotes, as POSIX shells read it. */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
