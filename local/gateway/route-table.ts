/** A route as the contract has it; the gateway needs no more. */
export interface GatewayRoute {
  readonly method: string;
  /** As API Gateway writes it: `{id}` one segment, `{id+}` the rest of the path. */
  readonly path: string;
  readonly function: string;
}

export interface RouteMatch {
  /** `POST /api/artifact`, or `$default`. */
  readonly routeKey: string;
  readonly function: string;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface CompiledRoute extends GatewayRoute {
  readonly segments: readonly string[];
}

/**
 * API Gateway's choice of a route for a decoded path: an exact segment wins over a parameter, a parameter over the
 * rest of the path, and `$default` takes what nothing matches. A HEAD is not a GET: it goes to `$default`.
 */
export function createRouteTable(
  routes: readonly GatewayRoute[],
  defaultFunction: string,
): (method: string, path: string) => RouteMatch {
  const compiled = routes.map((route) => ({ ...route, segments: route.path.split('/') })).sort(byPrecision);
  return (method, path) => {
    const segments = path.split('/');
    for (const route of compiled) {
      const pathParameters = route.method === method ? matchSegments(route.segments, segments) : undefined;
      if (pathParameters !== undefined)
        return { routeKey: `${route.method} ${route.path}`, function: route.function, pathParameters };
    }
    return { routeKey: '$default', function: defaultFunction, pathParameters: {} };
  };
}

function matchSegments(
  route: readonly string[],
  path: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const parameters: Record<string, string> = {};
  for (const [at, wanted] of route.entries()) {
    const name = /^\{(.+?)(\+?)\}$/.exec(wanted);
    const rest = path.slice(at).join('/');
    if (name?.[2] === '+') return rest === '' ? undefined : { ...parameters, [name[1] ?? '']: rest };
    const segment = path[at];
    if (segment === undefined) return undefined;
    if (name === null && segment !== wanted) return undefined;
    if (name !== null && segment === '') return undefined;
    if (name !== null) parameters[name[1] ?? ''] = segment;
  }
  return route.length === path.length ? parameters : undefined;
}

function byPrecision(a: CompiledRoute, b: CompiledRoute): number {
  const length = Math.max(a.segments.length, b.segments.length);
  for (let at = 0; at < length; at++) {
    const difference = vagueness(a.segments[at]) - vagueness(b.segments[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function vagueness(segment: string | undefined): number {
  if (segment === undefined) return 3;
  if (segment.endsWith('+}')) return 2;
  return segment.startsWith('{') ? 1 : 0;
}
