import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Runner } from '../runner/runner.ts';

interface ApprovalParams {
  run: string;
  step: string;
  proof: string;
}

/** `/approvals/:run/:step/:proof`: the page on which a person decides. Opening it decides nothing: mail programs open links. */
export function addApprovalPage(app: FastifyInstance, runner: Runner): void {
  const path = '/approvals/:run/:step/:proof';
  app.get<{ Params: ApprovalParams }>(path, async ({ params }, reply) => {
    const open = await runner.waits.openApproval(params.run, params.step, params.proof);
    if (open === undefined) return page(reply, 404, '<p>There is nothing to decide here, or not any more.</p>');
    const { automation, account } = open.run;
    return page(
      reply,
      200,
      `<h1>${escape(runner.redactor.text(open.message))}</h1>
<p>Asked by ${escape(`${account}/${automation}`)}.</p>
<form method="post">
<p><label>Your name <input name="by" required maxlength="200"></label></p>
<p><label>Note <input name="note" maxlength="2000"></label></p>
<p><button name="approved" value="yes">Approve</button> <button name="approved" value="no">Reject</button></p>
</form>`,
    );
  });
  app.post<{ Params: ApprovalParams }>(path, async ({ params, body }, reply) => {
    const { run, step, proof } = params;
    if ((await runner.waits.openApproval(run, step, proof)) === undefined)
      return page(reply, 404, '<p>There is nothing to decide here, or not any more.</p>');
    const form = new URLSearchParams(typeof body === 'string' ? body : '');
    const [approved, by, note] = [form.get('approved'), form.get('by')?.trim(), form.get('note')?.trim()];
    if ((approved !== 'yes' && approved !== 'no') || !by)
      return page(reply, 400, '<p>Say yes or no, and who you are.</p>');
    const decision = { approved: approved === 'yes', by, note: note === '' ? undefined : note };
    const result = await runner.waits.decide(run, step, decision);
    if (result.kind !== 'answered') return page(reply, 409, '<p>Somebody else was faster.</p>');
    return page(reply, 200, `<p>${decision.approved ? 'Approved' : 'Rejected'}. Thank you.</p>`);
  });
}

async function page(reply: FastifyReply, status: number, body: string): Promise<FastifyReply> {
  return reply
    .status(status)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; form-action 'self'; frame-ancestors 'none'")
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .send(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Approval</title>${body}</html>\n`);
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
