import type { Action } from '../access/actions.ts';
import type { RequestKind } from './request.ts';

/** What each kind of request takes, in every environment and for every app that it concerns. */
export const REQUEST_ACTIONS: Readonly<Record<RequestKind, Action>> = {
  release: 'release:request',
  promote: 'release:request',
  rollback: 'release:rollback',
  delete: 'release:delete',
};
