import { doctorAnswer, redriveAnswer, replayAnswer, replayBody } from '../operations.ts';
import type { OperationShapes } from './operation-shape.ts';

export const operatorShapes = {
  examine: {
    tag: 'Operations',
    description:
      'Asks the sweeper what is due and what lies in the dead-letter queues, and the writer to probe each branch of a GitOps repo. The push that it tries changes nothing.',
    answers: { 200: { description: 'What was found, and what to do about it', body: doctorAnswer } },
  },
  redrive: {
    tag: 'Operations',
    answers: {
      200: { description: 'What was sent again, and which dead letters remain', body: redriveAnswer },
    },
  },
  replayArtifact: {
    tag: 'Operations',
    body: replayBody,
    answers: { 202: { description: 'Decisions of the answered cause follow', body: replayAnswer } },
    problems: [404],
  },
} satisfies Partial<OperationShapes>;
