import { spawn } from 'node:child_process';
import { Connecting } from '../../runner/connecting/connecting.ts';
import { FolderWriter } from '../../runner/connecting/folder-writer.ts';
import { serveConnectPage } from '../../server/serve-connect-page.ts';
import { EXIT } from '../exit.ts';
import { findWorkspace } from '../find-workspace.ts';
import { interrupted } from '../interrupted.ts';
import { parseReroutes } from '../reroutes.ts';
import { findForm, type ConnectOptions } from '../connect-form.ts';

/** `waybill connect ACCOUNT CONNECTION --web`: the page in the browser of this machine, until it is saved. */
export async function connectWeb(account: string, connection: string, options: ConnectOptions): Promise<number> {
  const { workspace, connector, reroute, allowPrivate, expires } = options;
  const writer = new FolderWriter(findWorkspace(workspace));
  // Says what is wrong before anyone opens a page.
  await findForm(writer, account, connection, connector);
  const reroutes = parseReroutes(reroute);
  const connecting = new Connecting({ writer, reroutes, allowPrivate: new Set(allowPrivate), now: Date.now });
  const by = { id: 'cli', name: 'waybill connect' };
  const { secret } = await connecting.mint({ account, connection, connector, by, lifetimeMs: expires * 1000 });
  const page = await serveConnectPage(connecting, secret);
  console.log(`Open ${page.url}`);
  console.log(`It ends when the connection is saved, or in ${Math.round(expires / 60)} minutes. Ctrl-C ends it now.`);
  openBrowser(page.url);
  const late = AbortSignal.timeout(expires * 1000);
  const expired = new Promise<void>((resolve) => late.addEventListener('abort', () => resolve(), { once: true }));
  const paths = await Promise.race([page.saved, interrupted().then(() => undefined), expired.then(() => undefined)]);
  await page.close();
  if (paths !== undefined) {
    console.log(`Saved. Commit ${paths.join(' and ')}.`);
    return EXIT.clean;
  }
  throw new Error(late.aborted ? 'the link expired before the connection was saved' : 'nothing was saved');
}

/** Where there is a screen. Nothing is said where that fails: the address is printed. */
function openBrowser(url: string): void {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  const opener = process.platform === 'darwin' ? 'open' : (DISPLAY ?? WAYLAND_DISPLAY) ? 'xdg-open' : undefined;
  if (opener === undefined || !process.stdout.isTTY) return;
  spawn(opener, [url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
