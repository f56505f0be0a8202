import type { AskingState, LinkState, Refusal, SavedState, TriedState } from '../../runner/connecting/connecting.ts';
import { isShared, type ConnectionForm } from '../../runner/connecting/connection-form.ts';
import { isByConsent, isTried } from '../../runner/connecting/try-credential.ts';
import { shortRecipient } from '../../secrets/recipient.ts';
import { conditionsOf, givenFields, inputsOf } from './connect-fields.ts';
import { escapeHtml } from './page.ts';

/** What the page of a link shows. `body` is HTML, `style` CSS of this page alone. */
export interface ConnectView {
  title: string;
  body: string;
  style: string;
}

/**
 * The page for where its person stands. It never has a secret in it. `consentPage` is where a person consents, where there is
 * a runner.
 */
export function viewOf(form: ConnectionForm, state: LinkState, consentPage: string | undefined): ConnectView {
  const title = `Connect ${form.connector.title}`;
  switch (state.kind) {
    case 'asking':
      return { title, body: askingBody(form, state), style: conditionsOf(form) };
    case 'tried':
      return { title, body: triedBody(form, state), style: '' };
    case 'saved':
      return { title, body: savedBody(form, state, consentPage), style: '' };
  }
}

/** What is shown where the workspace does not allow the connection, or cannot be read. HTML. */
export function refusalBody({ message, help }: Refusal): string {
  return `<h1>This cannot be connected</h1>
${note('bad', sentence(message), help === undefined ? undefined : sentence(help))}`;
}

function askingBody(form: ConnectionForm, { entered, problems, tried }: AskingState): string {
  const { connector, replaces } = form;
  const given = givenFields(form);
  return `${heading(form, `Connect ${connector.title}`)}
${tried === undefined ? '' : refused(tried)}
${replaces ? '<p>There is a credential already. What you save here takes its place, with all its fields.</p>' : ''}
${isByConsent(form) ? `<p class="note">Here go the id and the secret of an app that was registered at ${escapeHtml(connector.title)}: <code>waybill oauth guide</code> says how. Then a person consents that it may use their account.</p>` : ''}
${given === '' ? '' : `<p>In account.json, and changed there:</p>\n${given}`}
<form method="post" autocomplete="off">
${inputsOf(form, entered, problems)}
<p class="help">${isTried(form) ? `It is tried at ${escapeHtml(connector.title)}, then encrypted.` : 'It is encrypted.'} Nobody can read it here again.</p>
<div class="actions"><button name="do" value="enter">${isTried(form) ? 'Test' : 'Go on'}</button></div>
</form>`;
}

function refused({ words, said, help }: NonNullable<AskingState['tried']>): string {
  return note('bad', words, said === undefined ? undefined : `It said: “${said}”`, help);
}

function triedBody(form: ConnectionForm, { tried, change, failure }: TriedState): string {
  const { title } = form.connector;
  const readers = change.recipients.map((recipient) => `<code>${escapeHtml(shortRecipient(recipient))}</code>`);
  return `${heading(form, HEADINGS[tried.kind](title))}
${resultOf(title, tried)}
${failure === undefined ? '' : notSaved(change, failure)}
<dl>
<dt>May be sent to</dt><dd>${escapeHtml(change.hosts.join(', ') || 'nobody')}</dd>
<dt>Readable with</dt><dd>${readers.join('<br>')}</dd>
</dl>
<form method="post">
<div class="actions">
<button name="do" value="save">${failure === undefined ? saveWords(tried.kind) : 'Save again'}</button>
<button class="quiet" name="do" value="again">Enter another one</button>
</div>
</form>`;
}

const HEADINGS: { [kind in TriedState['tried']['kind']]: (title: string) => string } = {
  taken: (title) => `${title} takes it`,
  by_consent: () => 'Then a person consents',
  untested: () => 'Not tried',
  unknown: () => 'Nobody knows yet',
};

function resultOf(title: string, tried: TriedState['tried']): string {
  switch (tried.kind) {
    case 'taken':
      return tried.identity === undefined
        ? `<p>${escapeHtml(title)} does not say whose it is.</p>`
        : `<p class="note">It belongs to <strong>${escapeHtml(tried.identity)}</strong>. Is that the right one?</p>`;
    case 'by_consent':
      return `<p class="note">Whether ${escapeHtml(title)} takes the id and the secret shows when a person consents.</p>`;
    case 'untested':
      return `<p class="note">There is no request to try ${escapeHtml(title)} with. The first run will show whether it is right.</p>`;
    case 'unknown':
      return note('bad', tried.words, 'Save it if you are sure that it is right, or try again later.');
  }
}

function saveWords(kind: TriedState['tried']['kind']): string {
  return kind === 'taken' || kind === 'by_consent' ? 'Save' : 'Save without a test';
}

/** What is encrypted may be shown: it can be committed by hand. */
function notSaved({ path, sealed }: TriedState['change'], { message, help }: Refusal): string {
  return `${note('bad', `It was not saved: ${message}`, help, 'Nothing is lost: save again when this is mended.')}
<details><summary>The encrypted file, to be committed by hand as ${escapeHtml(path)}</summary>
<textarea readonly rows="8" aria-label="${escapeHtml(path)}">${escapeHtml(sealed)}</textarea></details>`;
}

function savedBody(form: ConnectionForm, { written, byConsent }: SavedState, consentPage: string | undefined): string {
  const consent = byConsent ? consentAfter(form, written.kind === 'branch', consentPage) : '';
  const files = written.paths.map((path) => `<li><code>${escapeHtml(path)}</code></li>`).join('');
  if (written.kind === 'files')
    return `${heading(form, 'Saved')}
<p>Encrypted and written. Commit:</p>
<ul>${files}</ul>
${consent}<p>This link is used up. You can close the page.</p>`;
  const { branch, base, link } = written;
  const open =
    link === undefined
      ? `<p>Open a pull request from this branch into <code>${escapeHtml(base)}</code>.</p>`
      : `<p><a class="button" href="${escapeHtml(link)}" rel="noopener noreferrer">Open a pull request</a></p>`;
  return `${heading(form, 'Saved on a branch')}
<p>Encrypted, committed and pushed as <code>${escapeHtml(branch)}</code>:</p>
<ul>${files}</ul>
${open}
${consent}<p>Once it is merged into <code>${escapeHtml(base)}</code>, the runner uses it. This link is used up.</p>`;
}

/** What is left to do where a key alone is not enough. HTML. */
function consentAfter(form: ConnectionForm, later: boolean, consentPage: string | undefined): string {
  const { account, connection, connector } = form;
  const shared = isShared(form);
  const [who, name] = shared ? ['ACCOUNT', 'CONNECTION'] : [account, connection];
  const command = `<code>waybill oauth link ${escapeHtml(who)} ${escapeHtml(name)}</code>`;
  const when = later ? 'Once it is merged, a' : 'Next, a';
  const whose = shared ? ' for each account that uses it' : '';
  const page =
    consentPage === undefined || shared
      ? ''
      : `<p>If it is your account, and you are signed in here:</p>
<p><a${later ? '' : ' class="button"'} href="${escapeHtml(consentPage)}">Consent at ${escapeHtml(connector.title)}</a></p>\n`;
  return `<p class="note">${when} person consents${whose}. The link for them: ${command}</p>
${page}`;
}

function heading({ account, connection }: ConnectionForm, words: string): string {
  return `<h1>${escapeHtml(words)}</h1>
<p>The connection <strong>${escapeHtml(connection)}</strong> of the account <strong>${escapeHtml(account)}</strong>.</p>`;
}

function note(kind: 'bad', words: string, ...more: (string | undefined)[]): string {
  const lines = more.filter((line) => line !== undefined).map((line) => `<p>${escapeHtml(sentence(line))}</p>`);
  return `<div class="note ${kind}" role="alert"><strong>${escapeHtml(sentence(words))}</strong>${lines.join('')}</div>`;
}

function sentence(words: string): string {
  const first = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?”]$/.test(first) ? first : `${first}.`;
}
