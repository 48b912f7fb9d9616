import { InvalidInputError } from '../../shared/errors/errors.ts';
import { GimletdError } from '../../shared/errors/gimletd-error.ts';
import { type CheckAnswer, checkRequest } from '../../shared/manifest/check-invocation.ts';
import type { RenderMessage } from '../../shared/messages/message.ts';
import { type CheckManifestPorts, checkManifest } from '../../shared/release/check-manifest.ts';
import { type RenderArtifactPorts, renderArtifact } from '../../shared/release/render-artifact.ts';
import { type RenderAnswer, renderRequest } from '../../shared/release/render-invocation.ts';
import { type RenderReleasePorts, renderRelease } from '../../shared/release/render-release.ts';

/** What a render request came to, for the log. */
export function makeRenderer(ports: RenderReleasePorts) {
  return async (message: RenderMessage): Promise<Readonly<Record<string, unknown>>> => {
    const release = await renderRelease(ports, message);
    return { state: release?.state ?? 'nothing to do', reason: release?.outcomeReason };
  };
}

/** Answers an invocation that asks about a manifest; faults of ours are thrown. */
export function makeManifestCheck(ports: CheckManifestPorts): (event: unknown) => Promise<CheckAnswer> {
  return async (event) => {
    const parsed = checkRequest.safeParse(event);
    if (!parsed.success) throw new InvalidInputError('bad-check-request', parsed.error.message);
    const { manifest, variables } = parsed.data.check;
    try {
      return { problems: [...(await checkManifest(ports, manifest, variables))] };
    } catch (error) {
      if (!(error instanceof GimletdError)) throw error;
      return { error: { code: error.code, message: error.message } };
    }
  };
}

/** Renders one manifest of a stored artifact for whoever wants to know what it comes to; faults of ours are thrown. */
export function makeRenderAhead(ports: RenderArtifactPorts): (event: unknown) => Promise<RenderAnswer> {
  return async (event) => {
    const parsed = renderRequest.safeParse(event);
    if (!parsed.success) throw new InvalidInputError('bad-render-request', parsed.error.message);
    try {
      const { bundle } = await renderArtifact(ports, parsed.data.render);
      return { bundle };
    } catch (error) {
      if (!(error instanceof GimletdError)) throw error;
      const { code, message, errors } = error;
      return error.retryable
        ? { error: { code, message } }
        : { refused: { code, message, errors: [...errors] } };
    }
  };
}
