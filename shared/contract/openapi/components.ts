import * as z from 'zod';
import { artifactSchema } from '../../artifact/parse-artifact.ts';
import { manifestSchema } from '../../manifest/manifest-schema.ts';
import {
  artifactAnswer,
  decisionAnswer,
  problemAnswer,
  releaseAnswer,
  requestAnswer,
  versionAnswer,
} from '../answers.ts';
import { holdAnswer } from '../holds.ts';
import { policyAnswer } from '../policies.ts';
import { settingsAnswer } from '../settings.ts';
import { trackAnswer } from '../tracking.ts';

const COMPONENTS = {
  ArtifactDocument: artifactSchema,
  Manifest: manifestSchema,
  Artifact: artifactAnswer,
  Version: versionAnswer,
  Decision: decisionAnswer,
  Release: releaseAnswer,
  Request: requestAnswer,
  Track: trackAnswer,
  Policy: policyAnswer,
  Hold: holdAnswer,
  Settings: settingsAnswer,
  Problem: problemAnswer,
} satisfies Record<string, z.ZodType>;

/** Names the schemas that the document is to say once and refer to. */
export function nameComponents(): void {
  for (const [id, schema] of Object.entries(COMPONENTS)) z.globalRegistry.add(schema, { id });
}
