/** Every app, or every environment, the protected ones among them: what only a grant of all of them covers. */
export const ALL = Symbol('all');

/** An environment, and whether a grant must name it. */
export interface EnvironmentName {
  readonly name: string;
  readonly protected: boolean;
}

/** What an action is asked for. A dimension that it does not have is left out, and is not asked of a grant. */
export interface Resource {
  readonly app?: string | typeof ALL;
  /** Names of the teams that own the app. */
  readonly teams?: readonly string[];
  readonly env?: EnvironmentName | typeof ALL;
  /** The source repository. */
  readonly repository?: string | typeof ALL;
  /** Id of an artifact. */
  readonly artifact?: string;
}

/** All that there is. What does not look at which app or environment it is asked of needs a grant of all. */
export const EVERYWHERE: Resource = { app: ALL, env: ALL, repository: ALL };
