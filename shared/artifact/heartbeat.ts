import * as z from 'zod';
import { slugProblem } from '../manifest/slug.ts';
import { type Acceptance, type AcceptPorts, acceptArtifact } from './accept-artifact.ts';
import type { ArtifactContent } from './artifact.ts';
import { parseArtifact } from './parse-artifact.ts';

/** The app that heartbeats release, and the repository that they say they are built from. */
export const HEARTBEAT_APP = 'gimletd-heartbeat';

const slug = z.string().superRefine((text, context) => {
  const problem = slugProblem('', text);
  if (problem) context.addIssue({ code: 'custom', message: problem.message });
});

/** Where heartbeats are released: the environment, and the namespace that their ConfigMap is for. */
export const heartbeatTarget = z.strictObject({ env: slug, namespace: slug.default('default') });

/** What the artifacts function is invoked with, now and then, where the stage asks for it. */
export const heartbeatRequest = heartbeatTarget.extend({
  ask: z.literal('heartbeat'),
  /** When it was due, RFC 3339 in UTC: asked again for the same time, it is the same heartbeat. */
  time: z.iso.datetime(),
});
export type HeartbeatRequest = z.input<typeof heartbeatRequest>;

/**
 * Accepts an artifact that changes one ConfigMap and releases itself, as if CI had pushed it: when it is committed,
 * releasing works, all the way. `now` in unix milliseconds.
 * @throws ConflictError `artifact-differs` when somebody has pushed something else by its id.
 */
export function acceptHeartbeat(
  ports: AcceptPorts,
  request: z.output<typeof heartbeatRequest>,
  now: number,
): Promise<Acceptance> {
  return acceptArtifact(ports, heartbeatOf(request), { now });
}

function heartbeatOf({ env, namespace, time }: z.output<typeof heartbeatRequest>): ArtifactContent {
  const stamp = time.replaceAll(/[^0-9]/g, '');
  return parseArtifact({
    id: `${HEARTBEAT_APP}-${env}-${stamp}`,
    version: { repositoryName: HEARTBEAT_APP, event: 'push', branch: 'main', sha: stamp },
    environments: [
      {
        app: HEARTBEAT_APP,
        env,
        namespace,
        manifests: configMap(time),
        deploy: { event: 'push', branch: 'main' },
      },
    ],
  });
}

function configMap(time: string): string {
  const metadata = `metadata:\n  name: ${HEARTBEAT_APP}\n`;
  return `apiVersion: v1\nkind: ConfigMap\n${metadata}data:\n  time: "${time}"\n`;
}
