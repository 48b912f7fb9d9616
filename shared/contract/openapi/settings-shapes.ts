import { settingsSchema } from '../../release/settings-schema.ts';
import {
  putSettingsAnswer,
  putSettingsQuery,
  settingsAnswer,
  settingsHistoryAnswer,
  settingsHistoryQuery,
  settingsQuery,
} from '../settings.ts';
import { conditional, etagHeaders, nextPageHeaders } from './headers.ts';
import type { OperationShapes } from './operation-shape.ts';

export const settingsShapes = {
  getSettings: {
    tag: 'Settings',
    query: settingsQuery,
    answers: {
      200: {
        description: 'What holds, and what of it is deployed',
        body: settingsAnswer,
        headers: etagHeaders,
      },
    },
    problems: [404],
  },
  putSettings: {
    tag: 'Settings',
    description:
      'The whole is replaced: what is left out goes back to its default, or to what is deployed. What is deployed may be repeated, never contradicted. All that is wrong is answered at once.',
    query: putSettingsQuery,
    headers: conditional,
    body: settingsSchema.partial(),
    answers: { 200: { description: 'What holds now', body: putSettingsAnswer, headers: etagHeaders } },
    problems: [412],
  },
  listSettingsVersions: {
    tag: 'Settings',
    query: settingsHistoryQuery,
    answers: { 200: { description: 'Newest first', body: settingsHistoryAnswer, headers: nextPageHeaders } },
  },
} satisfies Partial<OperationShapes>;
