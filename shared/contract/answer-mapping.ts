import type { Artifact, Version } from '../artifact/artifact.ts';
import type { Decision } from '../policy/decision.ts';
import type { DriftedTarget } from '../release/reconcile.ts';
import { madeAt, type Release } from '../release/release.ts';
import { isTerminal, isWritten } from '../release/release-state.ts';
import type { ReleaseRequest } from '../release/request.ts';
import type {
  ArtifactAnswer,
  DecisionAnswer,
  DriftsAnswer,
  ReleaseAnswer,
  RequestAnswer,
} from './answers.ts';
import type { ChangedReleasesAnswer } from './requests.ts';

/** A version with the proposal's spelling beside the canonical one, for clients that know no other. */
function toVersionAnswer(version: Version): ArtifactAnswer['version'] {
  return {
    ...version,
    name: version.repositoryName,
    pr: version.event === 'pr',
    ...(version.sourceBranch !== undefined && { source_branch: version.sourceBranch }),
  };
}

/** The same with the beginning of its message, where there may be hundreds of them in one answer. */
export function toBriefVersionAnswer(version: Version): ArtifactAnswer['version'] {
  const { message } = version;
  if (message === undefined || message.length <= BRIEF) return toVersionAnswer(version);
  return toVersionAnswer({ ...version, message: `${message.slice(0, BRIEF).toWellFormed()}…` });
}

/** Characters. */
const BRIEF = 1_000;

/** Releases that something was done to, all at once. */
export function toChangedReleasesAnswer(releases: readonly Release[]): ChangedReleasesAnswer {
  return {
    releases: releases.map((release) => ({
      ...toReleaseAnswer(release),
      version: toBriefVersionAnswer(release.version),
    })),
  };
}

export function toArtifactAnswer(artifact: Artifact, view: 'full' | 'summary' = 'full'): ArtifactAnswer {
  const { id, created, digest, version, context, items } = artifact;
  const environments = artifact.environments.map((manifest) => {
    if (view === 'full') return manifest;
    const { values, manifests, strategicMergePatches, json6902Patches, ...summary } = manifest;
    return summary;
  });
  return {
    id,
    created,
    digest,
    version: toVersionAnswer(version),
    context: { ...context },
    items: items.map((item) => ({ ...item })),
    environments,
  };
}

export function toDecisionAnswer({ release, waitsFor, ...decision }: Decision): DecisionAnswer {
  return {
    ...decision,
    conditions: decision.conditions.map((condition) => ({ ...condition })),
    ...(release && { releaseId: release.id }),
    ...(waitsFor && { waitsFor: { ...waitsFor } }),
  };
}

export function toReleaseAnswer(release: Release, rolledBack = false): ReleaseAnswer {
  const { id, app, env, artifactId, state, cause, triggeredBy, policy, reason, order, location, times } =
    release;
  return {
    type: 'release',
    id,
    app,
    env,
    artifactId,
    version: toVersionAnswer(release.version),
    state,
    terminal: isTerminal(state),
    cause,
    triggeredBy,
    ...(policy !== undefined && { policy }),
    reason,
    ...(release.outcomeReason !== undefined && { outcomeReason: release.outcomeReason }),
    ...(release.errorCode !== undefined && { errorCode: release.errorCode }),
    order,
    gitopsRepo: location.repo,
    ...(release.commit !== undefined && { gitopsRef: release.commit }),
    ...approvalOf(release),
    ...renderedOf(release),
    ...(release.drifted === true && { drifted: true }),
    ...(rolledBack && { rolledBack }),
    created: Math.floor(madeAt(release) / 1000),
    times: { ...times },
  };
}

function approvalOf({ approval }: Release): Pick<ReleaseAnswer, 'approval'> {
  if (!approval) return {};
  const { required, expiresAt, given } = approval;
  return { approval: { required, expiresAt, given: given.map(({ id: _, ...one }) => one) } };
}

function renderedOf({ bundle, bundleBytes, renderedAt, chart }: Release): Pick<ReleaseAnswer, 'rendered'> {
  if (bundle === undefined) return {};
  const rendered = {
    digest: bundle,
    ...(bundleBytes !== undefined && { bytes: bundleBytes }),
    ...(renderedAt !== undefined && { at: renderedAt }),
    ...(chart && { chart: { ...chart } }),
  };
  return { rendered };
}

export function toDriftAnswer({ app, env, running, drift }: DriftedTarget): DriftsAnswer[number] {
  return {
    app,
    env,
    artifactId: running?.artifactId ?? '',
    releaseId: running?.releaseId ?? '',
    wanted: running?.tree ?? null,
    found: drift.tree,
    seenAt: drift.seenAt,
  };
}

/** A request's state derives from its releases: it is done when they are, and failed when any of them is not written. */
export function toRequestAnswer(request: ReleaseRequest, releases: readonly Release[]): RequestAnswer {
  const made = new Map(releases.map((release) => [release.id, release]));
  const parts = request.targets.map(({ releaseId, app, env, artifactId }) => {
    const release = made.get(releaseId);
    return {
      id: releaseId,
      app,
      env,
      artifactId,
      state: release?.state ?? 'queued',
      ...(release?.commit !== undefined && { gitopsRef: release.commit }),
      ...(release?.outcomeReason !== undefined && { outcomeReason: release.outcomeReason }),
    };
  });
  const artifacts = new Set(parts.map(({ artifactId }) => artifactId));
  const ended = parts.every(({ state }) => isTerminal(state));
  const written = parts.every(({ state }) => isWritten(state));
  return {
    type: 'request',
    id: request.id,
    kind: request.kind,
    env: request.env,
    ...(artifacts.size === 1 && { artifactId: parts[0]?.artifactId }),
    triggeredBy: request.triggeredBy,
    state: !ended ? 'processing' : written ? 'succeeded' : 'failed',
    releases: parts,
  };
}
