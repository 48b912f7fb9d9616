import { authorize } from '../../shared/access/authorize.ts';
import { ALL } from '../../shared/access/resource.ts';
import { branchHookBody } from '../../shared/contract/hooks.ts';
import { branchMark } from '../../shared/release/branch.ts';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import type { HttpRequest } from '../../shared/runtime/http-request.ts';
import { type HttpResponse, json } from '../../shared/runtime/http-response.ts';
import type { AdminPorts } from './admin.ts';
import { readBody } from './read-body.ts';

export function hookOperations(ports: AdminPorts): HttpOperations {
  return { 'POST /api/hooks/generic': (request) => takeHook(ports, request) };
}

/** Notes what became of a branch; what follows from it is the policy function's to do. */
async function takeHook(
  { branches, outbox, resend, clock }: AdminPorts,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { event, ...name } = readBody(request, branchHookBody);
  // Whatever app the branch has previews of: they all go with it.
  authorize(request.principal, 'hook:send', { repository: name.repository, app: ALL });
  const now = clock();
  if (event === 'branchCreated') await branches.markCreated(name);
  else {
    const mark = branchMark(name, now + resend.firstMs, now);
    await branches.markDeleted(name, now, mark);
    await outbox.send({ itemId: `${name.repository}#${name.branch}`, mark });
  }
  return json(202, { accepted: true });
}
