import { branchHookBody, hookAnswer } from '../hooks.ts';
import type { OperationShapes } from './operation-shape.ts';

export const hookShapes = {
  tellBranch: {
    tag: 'Hooks',
    body: branchHookBody,
    answers: { 202: { description: 'Noted; cleanups follow', body: hookAnswer } },
  },
} satisfies Partial<OperationShapes>;
