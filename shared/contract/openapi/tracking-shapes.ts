import { gitopsRepoAnswer } from '../answers.ts';
import { artifactTrackQuery, trackAnswer, trackQuery } from '../tracking.ts';
import type { OperationShape, OperationShapes } from './operation-shape.ts';

const track = {
  tag: 'Tracking',
  answers: { 200: { description: 'How far it is, with a result for each app', body: trackAnswer } },
  problems: [404],
} as const satisfies OperationShape;

/** For clients that exist; new ones read GET /api/releases/{id}, which says more. */
export const trackingShapes = {
  trackEvent: { ...track, query: trackQuery },
  trackRelease: { ...track, query: trackQuery },
  trackArtifact: { ...track, query: artifactTrackQuery },
  getGitopsRepo: { tag: 'Tracking', answers: { 200: { description: 'Its URL', body: gitopsRepoAnswer } } },
} satisfies Partial<OperationShapes>;
