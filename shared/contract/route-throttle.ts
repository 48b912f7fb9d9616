import { ROUTES, type Route } from './routes.ts';

/** Requests that are taken: so many a second in the long run, and so many at once. */
export interface Throttle {
  readonly perSecond: number;
  readonly burst: number;
}

/** What of a route its throttle depends on. */
export type ThrottledRoute = Pick<Route, 'path' | 'share'> & { readonly method: string };

/** Of a stage that says nothing else. */
export const DEFAULT_THROTTLE: Throttle = { perSecond: 100, burst: 200 };

/**
 * Route key (`POST /api/promote`) → its own throttle, of the routes that take only a share of what the whole API takes;
 * each of the others takes as much as the whole.
 */
export function routeThrottles(
  whole: Throttle,
  routes: readonly ThrottledRoute[] = ROUTES,
): ReadonlyMap<string, Throttle> {
  const own = routes.flatMap(({ method, path, share }) =>
    share === undefined ? [] : [[`${method} ${path}`, shareOf(whole, share)] as const],
  );
  return new Map(own);
}

/** At least one request, or the route would be closed. */
function shareOf({ perSecond, burst }: Throttle, share: number): Throttle {
  const part = (number: number) => Math.max(1, Math.floor(number * share));
  return { perSecond: part(perSecond), burst: part(burst) };
}
