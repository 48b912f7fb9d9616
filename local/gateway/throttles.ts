import { routeThrottles, type Throttle, type ThrottledRoute } from '../../shared/contract/route-throttle.ts';

/** Whether a request to a route may go on; one that may is counted. */
export type TakeRequest = (routeKey: string) => boolean;

interface Bucket {
  readonly left: number;
  /** Unix milliseconds. */
  readonly at: number;
}

/** Throttles each route by a bucket of its own that fills again with time, as API Gateway does. */
export function createThrottles(
  whole: Throttle,
  routes: readonly ThrottledRoute[],
  clock: () => number,
): TakeRequest {
  const own = routeThrottles(whole, routes);
  const buckets = new Map<string, Bucket>();
  return (routeKey) => {
    const { perSecond, burst } = own.get(routeKey) ?? whole;
    const now = clock();
    const { left, at } = buckets.get(routeKey) ?? { left: burst, at: now };
    const filled = Math.min(burst, left + ((now - at) * perSecond) / 1000);
    const taken = filled >= 1;
    buckets.set(routeKey, { left: taken ? filled - 1 : filled, at: now });
    return taken;
  };
}
