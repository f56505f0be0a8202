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
dl { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 1.5rem; margin: 1.5rem 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
h2 { margin: 0 0 .75rem; font-size: 1rem; }
ul { margin: 0 0 1.5rem; padding: 0; list-style: none; }
li { padding: .5rem 0 .5rem 1.75rem; border-top: 1px solid var(--line); position: relative; }
li::before { content: "✓"; position: absolute; left: .25rem; color: var(--accent); font-weight: 700; }
li.not { color: var(--soft); }
li.not::before { content: "–"; color: var(--soft); }
code { font: .875em ui-monospace, monospace; }
`;

/** No script, nothing from elsewhere, and no page that frames it: https://www.w3.org/TR/CSP3/ */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A whole page around its body, which is HTML already. */
export function sendPage(reply: FastifyReply, status: number, title: string, body: string): FastifyReply {
  return reply.status(status).send(writePage(reply, title, body));
}

/** The page's text; its headers are set. */
export function writePage(reply: FastifyReply, title: string, body: string): string {
  reply.type('text/html; charset=utf-8').header('content-security-policy', POLICY);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Waybill</title>
<style>${STYLE}</style>
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

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
