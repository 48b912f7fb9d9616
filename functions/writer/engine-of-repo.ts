import type { GitEngine } from '../../shared/gitops/git-engine.ts';
import { gitEngineOf, type Settings } from '../../shared/release/settings.ts';

type Engines = Readonly<Record<Settings['gitops']['engine'], () => Promise<GitEngine> | GitEngine>>;

/** One engine that opens each repo with the one that is set for it; an engine is made when it is first needed. */
export function engineOfRepo(settings: Settings, engines: Engines): GitEngine {
  const made = new Map<string, Promise<GitEngine> | GitEngine>();
  return {
    async open(ref) {
      const name = gitEngineOf(settings, ref.url);
      const engine = made.get(name) ?? engines[name]();
      made.set(name, engine);
      return (await engine).open(ref);
    },
  };
}
