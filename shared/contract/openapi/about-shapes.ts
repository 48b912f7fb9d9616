import { describeAnswer } from '../answers.ts';
import type { OperationShapes } from './operation-shape.ts';

export const aboutShapes = {
  describe: {
    tag: 'About',
    answers: { 200: { description: 'What answers here, and its version', body: describeAnswer } },
  },
} satisfies Partial<OperationShapes>;
