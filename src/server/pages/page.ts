import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

const STYLE = `
:root { color-scheme: light dark; --ink: #1b2430; --soft: #5b6776; --line: #dfe4ea; --ground: #f4f6f8; --card: #fff; --accent: #1f6feb; --bad: #b42318; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaf0; --soft: #9aa6b5; --line: #313b48; --ground: #12171e; --card: #1a212b; --accent: #6ea8ff; --bad: #ff8a80; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 2rem 1rem; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 32rem; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.brand { margin: 0 0 1.5rem; color: var(--soft); font-size: .875rem; letter-spacing: .04em; }
h1 { margin: 0 0 .5rem; font-size: 1.375rem; line-height: 1.25; }
p { margin: 0 0 1rem; color: var(--soft); }
label { display: block; margin-bottom: .375rem; font-weight: 600; }
input { width: 100%; margin-bottom: 1rem; padding: .625rem .75rem; border: 1px solid var(--line); border-radius: 8px; background: var(--ground);
  color: inherit; font: inherit; }
button { padding: .625rem 1.25rem; border: 0; border-radius: 8px; background: var(--accent); color: var(--card); font: inherit; font-weight: 600; cursor: pointer; }
button.quiet { border: 1px solid var(--line); background: none; color: inherit; }
input:focus-visible, button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.bad { color: var(--bad); }
.field { margin-bottom: 1.25rem; }
.field > input, .affixed { margin-bottom: .25rem; }
.help, .field .bad { margin: 0 0 .375rem; font-size: .875rem; }
.optional { color: var(--soft); font-weight: 400; font-size: .875rem; }
fieldset { margin: 0 0 1.25rem; padding: 0; border: 0; }
legend { padding: 0; margin-bottom: .375rem; font-weight: 600; }
label.choice { display: inline-flex; align-items: center; gap: .5rem; margin: 0 1.5rem .25rem 0; font-weight: 400; }
label.choice input { width: auto; margin: 0; accent-color: var(--accent); }
select, textarea { width: 100%; padding: .625rem .75rem; border: 1px solid var(--line); border-radius: 8px; background: var(--ground);
  color: inherit; font: inherit; }
textarea.secret { -webkit-text-security: disc; }
textarea { font: .8125rem/1.5 ui-monospace, monospace; resize: vertical; }
.affixed { display: flex; align-items: center; border: 1px solid var(--line); border-radius: 8px; background: var(--ground); color: var(--soft); }
.affixed span { padding: 0 .25rem 0 .75rem; font-size: .9375rem; white-space: nowrap; }
.affixed span + input, .affixed input { min-width: 0; margin: 0; border: 0; background: none; color: var(--ink); }
.affixed span + input { padding-left: 0; }
.affixed input + span { padding: 0 .75rem 0 .25rem; }
.affixed input:focus-visible { outline: none; }
.affixed:focus-within { outline: 3px solid var(--accent); outline-offset: 2px; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
a { color: var(--accent); }
a.button { display: inline-block; padding: .625rem 1.25rem; border-radius: 8px; background: var(--accent); color: var(--card); font-weight: 600; text-decoration: none; }
a:focus-visible, select:focus-visible, textarea:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.note { margin: 0 0 1.25rem; padding: .75rem 1rem; border: 1px solid var(--line); border-left: 4px solid var(--accent); border-radius: 8px; color: var(--ink); }
.note.bad { border-left-color: var(--bad); color: var(--ink); }
.note p { margin: .25rem 0 0; font-size: .875rem; }
.note strong { font-weight: 600; overflow-wrap: anywhere; }
form + form { margin-top: 2rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
table { width: 100%; margin: 0 0 1.5rem; border-collapse: collapse; }
td { padding: .625rem .5rem .625rem 0; border-top: 1px solid var(--line); vertical-align: middle; overflow-wrap: anywhere; }
td:last-child { padding-right: 0; text-align: right; }
td form { margin: 0; }
td button { padding: .375rem .875rem; }
td small { display: block; color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 1.5rem; margin: 1.5rem 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 30rem) { main { padding: 1.5rem 1.25rem; } dl { grid-template-columns: 1fr; gap: .125rem; } dd + dt { margin-top: .75rem; } }
h2 { margin: 0 0 .75rem; font-size: 1rem; }
ul { margin: 0 0 1.5rem; padding: 0; list-style: none; }
li { padding: .5rem 0 .5rem 1.75rem; border-top: 1px solid var(--line); position: relative; }
li::before { content: "✓"; position: absolute; left: .25rem; color: var(--accent); font-weight: 700; }
li.not { color: var(--soft); }
li.not::before { content: "–"; color: var(--soft); }
details { margin: 0 0 1.5rem; }
details form, details textarea { margin-top: 1rem; }
summary { cursor: pointer; }
code { font: .875em ui-monospace, monospace; }
`;

/** A whole page around its body, which is HTML already. `style` is what this page alone needs. */
export function sendPage(reply: FastifyReply, status: number, title: string, body: string, style = ''): FastifyReply {
  return reply.status(status).send(writePage(reply, title, body, style));
}

/** The page's text; its headers are set. */
export function writePage(reply: FastifyReply, title: string, body: string, style = ''): string {
  const own = STYLE + style;
  reply.type('text/html; charset=utf-8').header('content-security-policy', policyFor(own));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Waybill</title>
<style>${own}</style>
</head>
<body>
<main>
<p class="brand">WAYBILL</p>
${body}
</main>
</body>
</html>
`;
}

/** No script, nothing from elsewhere, and no page that frames it: https://www.w3.org/TR/CSP3/ */
function policyFor(style: string): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
