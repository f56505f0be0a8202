import type { ConsentEnd } from '../../runner/oauth/consents.ts';
import type { ConsentTarget } from '../../runner/oauth/consent-targets.ts';
import type { Failure } from '../../run/failure.ts';
import type { Redactor } from '../../secrets/redaction.ts';
import { escapeHtml } from './page.ts';

/** What came of a consent, in plain words for the person who gave it, with the way out. */
export function consentEndPage(end: ConsentEnd, redactor: Redactor): { status: number; body: string } {
  switch (end.kind) {
    case 'unknown':
      return problem(400, 'This answer belongs to no question', [
        'The page of the service was opened in another way than by the link, or the runner has forgotten the question.',
        'Open the link that you were sent once more.',
      ]);
    case 'used':
      return problem(400, 'This answer came twice', [
        'It was taken the first time, and nothing happens the second time: perhaps the page was loaded again.',
        'If the connection does not work, ask for a new link.',
      ]);
    case 'too_late':
      return problem(400, 'This took too long', [
        'The answer came more than half an hour after the question. Open the link that you were sent once more.',
      ]);
    case 'other_browser':
      return problem(400, 'This is another browser', [
        'Consent was begun in another browser, or this one keeps no cookies. Go the whole way in one browser.',
      ]);
    case 'denied':
      return problem(200, 'Nothing was connected', [
        `You did not allow it at ${end.target.title}, so ${end.target.account} cannot use the account. If that was a slip, open the link once more.`,
      ]);
    case 'refused':
      return refused(end.target, end.failure, end.redirectUri, redactor);
    case 'granted':
      return { status: 200, body: granted(end) };
  }
}

function refused(
  { title, account }: ConsentTarget,
  { code, message, help }: Failure,
  redirectUri: string,
  redactor: Redactor,
): { status: number; body: string } {
  const ways =
    code === 'redirect_mismatch'
      ? [`At ${title}, in the settings of the app, register exactly this redirect address: ${redirectUri}`]
      : code === 'grant_expired'
        ? ['Codes are good for a short while and once. Open the link once more.']
        : [];
  const lines = [redactor.text(message), ...(help === undefined ? [] : [redactor.text(help)]), ...ways];
  return problem(502, `${title} could not be connected for ${account}`, lines);
}

function granted({ target, identity, before, missing, untested }: ConsentEnd & { kind: 'granted' }): string {
  const { title, account, connection } = target;
  const changed = before !== undefined && identity !== undefined && before !== identity;
  const notes = [
    ...(changed ? [`Before, it was the account of ${before}.`] : []),
    ...(missing.length > 0
      ? [`Not all was allowed: ${missing.join(', ')}. Automations that need it wait; open a new link to allow it.`]
      : []),
    ...(untested === undefined ? [] : [`The first request with it failed: ${untested.message}`]),
  ];
  return `<h1>${escapeHtml(title)} is connected</h1>
<p>Automations of ${escapeHtml(account)} can use it from now on. You can close this page.</p>
<dl>
${identity === undefined ? '' : `<dt>Account</dt><dd>${escapeHtml(identity)}</dd>\n`}<dt>For</dt><dd>${escapeHtml(account)}</dd>
<dt>Connection</dt><dd>${escapeHtml(connection)}</dd>
</dl>
${notes.map((note) => `<p class="bad" role="alert">${escapeHtml(note)}</p>`).join('\n')}
<p>You can take it back at any time in the settings of your account at ${escapeHtml(title)}.</p>`;
}

function problem(status: number, title: string, lines: string[]): { status: number; body: string } {
  const [first = '', ...more] = lines;
  const body = [
    `<h1>${escapeHtml(title)}</h1>`,
    `<p class="bad" role="alert">${escapeHtml(first)}</p>`,
    ...more.map((line) => `<p>${escapeHtml(line)}</p>`),
  ];
  return { status, body: body.join('\n') };
}
