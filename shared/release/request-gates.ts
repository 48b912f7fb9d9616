import { builtBranch } from '../artifact/artifact.ts';
import { type Controls, type GateVerdict, passGates } from '../policy/gates.ts';
import { bindingControls } from './binding-controls.ts';
import type { Wanted } from './record-request.ts';
import type { RequestKind } from './request.ts';

/** Whether operators' controls let through what a person asks for; the request and its dry run ask alike. */
export function requestGates(
  { kind, overrideFreeze }: { readonly kind: RequestKind; readonly overrideFreeze?: string | undefined },
  { app, version }: Pick<Wanted, 'app' | 'version'>,
  controls: Controls,
  now: number,
): GateVerdict {
  return passGates({
    app,
    branch: builtBranch(version),
    automatic: false,
    hold: undefined,
    controls: bindingControls(kind, controls),
    freezeOverride: overrideFreeze,
    now,
  });
}
