import { smartHttpGitEngine } from '../../../shared/adapters/git/smart-http-engine.ts';
import { type GitTransport, httpTransport } from '../../../shared/adapters/git/transport.ts';
import { NO_CREDENTIALS } from '../../../shared/gitops/git-credentials.ts';
import type { MakeContender } from './contender.ts';
import { pushThroughEngine } from './engine-push.ts';

const NO_TOKEN = { credentials: NO_CREDENTIALS };

/** Our engine as it is in a function that is warm: it knows the tip, and its connection stands. */
export const oursWarm: MakeContender = ({ url }) => {
  // While the others have their turns no time passes for it: else it would rightly distrust a connection so old.
  const engine = smartHttpGitEngine({ ...NO_TOKEN, now: () => 0 });
  return {
    ready: async () => undefined,
    push: (releases) => pushThroughEngine(engine, url, releases),
  };
};

/** Our engine as it is after a cold start: it knows nothing, neither the repo nor what the server can do. */
export const oursCold: MakeContender = ({ url }) => {
  let transports: GitTransport[] = [];
  let engine = smartHttpGitEngine(NO_TOKEN);
  return {
    ready: async () => {
      for (const transport of transports) transport.close();
      transports = [];
      engine = smartHttpGitEngine({
        ...NO_TOKEN,
        http: (options) => {
          const transport = httpTransport(options);
          transports.push(transport);
          return transport;
        },
      });
    },
    push: (releases) => pushThroughEngine(engine, url, releases),
  };
};
