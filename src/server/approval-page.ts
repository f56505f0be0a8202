import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Runner } from '../runner/runner.ts';
import { escapeHtml, sendPage } from './pages/page.ts';

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
      `<h1>${escapeHtml(runner.redactor.text(open.message))}</h1>
<p>Asked by ${escapeHtml(`${account}/${automation}`)}.</p>
<form method="post">
<label for="by">Your name</label>
<input id="by" name="by" required maxlength="200">
<label for="note">Note</label>
<input id="note" name="note" maxlength="2000">
<button name="approved" value="yes">Approve</button>
<button class="quiet" name="approved" value="no">Reject</button>
</form>`,
    );
  });
  app.post<{ Params: ApprovalParams }>(path, async (request, reply) => {
    const { params, body } = request;
    const { run, step, proof } = params;
    const open = await runner.waits.openApproval(run, step, proof);
    if (open === undefined) return page(reply, 404, '<p>There is nothing to decide here, or not any more.</p>');
    const form = new URLSearchParams(typeof body === 'string' ? body : '');
    const [approved, by, note] = [form.get('approved'), form.get('by')?.trim(), form.get('note')?.trim()];
    if ((approved !== 'yes' && approved !== 'no') || !by)
      return page(reply, 400, '<p>Say yes or no, and who you are.</p>');
    const { account } = open.run;
    const decision = { approved: approved === 'yes', by, note: note === '' ? undefined : note };
    const result = await runner.waits.decide(run, step, decision);
    if (result.kind !== 'answered') return page(reply, 409, '<p>Somebody else was faster.</p>');
    await runner.store.audit.insert({
      at: Date.now(),
      actor: 'link',
      name: by,
      role: 'link of the approval',
      action: 'POST /approvals/:run/:step/:proof',
      target: `${run}/${step}`,
      account,
      status: 200,
      address: request.ip,
    });
    return page(reply, 200, `<p>${decision.approved ? 'Approved' : 'Rejected'}. Thank you.</p>`);
  });
}

function page(reply: FastifyReply, status: number, body: string): FastifyReply {
  return sendPage(reply, status, 'Approval', body);
}
