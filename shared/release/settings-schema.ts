import * as z from 'zod';
import { checkedText } from '../manifest/checked-text.ts';
import { globProblem } from '../manifest/glob.ts';
import { slugProblem } from '../manifest/slug.ts';
import { channelsSchema } from '../notification/channel.ts';
import { expressionProblem } from '../policy/expression.ts';

const MOST_CHARACTERS = 1_000;
const checked = (problemOf: (text: string) => string | undefined) => checkedText(problemOf, MOST_CHARACTERS);

/** HTTPS clone URL; the credential is in the secret store, never here. */
const repo = checked((text) => {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) return 'must be an https:// URL';
  const { username, password } = new URL(text);
  return `${username}${password}` === ''
    ? undefined
    : 'must hold no credential: it belongs into the secret store';
});

/** What git itself does not take for a branch. */
const BAD_BRANCH = /^[-/.]|[\0- \x7f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(\/|$)|[/.]$|^@$/;
const branch = checked((text) => (BAD_BRANCH.test(text) ? 'is no branch that git would take' : undefined));

const layout = z.enum(['directories', 'flat']);
const engine = z.enum(['smart-http', 'isomorphic-git']);
const pushesPerMinute = z.number().int().min(1).max(600);

const gitops = z.strictObject({
  repo,
  branch: branch.default('main'),
  /** `directories`: `<env>/<app>/`; `flat`: the repo holds one environment, `<app>/` is at its root. */
  layout: layout.default('directories'),
  /** `isomorphic-git` for a server that the fast engine can't work with: slower, and it reads all of the tree. */
  engine: engine.default('smart-http'),
  /** Most pushes of a minute; GitHub asks for 6 and gets them unless told otherwise, other hosts have no limit. */
  pushesPerMinute: pushesPerMinute.optional(),
});

/** An environment's own location: what it leaves out is as in the common one. */
const ownLocation = z.strictObject({
  repo: repo.optional(),
  branch: branch.optional(),
  layout: layout.optional(),
  engine: engine.optional(),
  pushesPerMinute: pushesPerMinute.optional(),
});
export type OwnLocation = z.output<typeof ownLocation>;

/** What charts are rendered for. */
const kubernetes = {
  kubeVersion: z
    .string()
    .regex(/^v?\d+\.\d+(\.\d+)?([-+][0-9A-Za-z.+-]+)?$/, 'must be a version such as 1.34.1')
    .optional(),
  apiVersions: z.array(z.string().min(1).max(200)).max(1_000).optional(),
};

/** A Kubernetes cluster; its environments are rendered for it unless they say otherwise. */
const cluster = z.strictObject({ description: z.string().max(500).optional(), ...kubernetes });

/** How many people must agree to each release, and within how many hours of its being asked for. */
const approvals = z.strictObject({
  required: z.number().int().min(1).max(10),
  withinHours: z.number().int().min(1).max(720).default(24),
});

const environment = z.strictObject({
  gitops: ownLocation.optional(),
  /** The cluster that takes what is written here, by its name in `clusters`. */
  cluster: z.string().min(1).optional(),
  /** What needs more than a grant for every environment: see `isProtected`. */
  protected: z.boolean().optional(),
  /** People beside whoever asks must agree to each release; without it, nobody must. */
  approvals: approvals.optional(),
  /** So often in an hour automation may release an app here; what comes beyond waits. Unless given, there is no limit. */
  automaticReleasesPerHour: z.number().int().min(1).max(1_000).optional(),
  /** `latest`: a release that is not yet written gives way to a newer one of its target; `keep-all`: each is written. */
  releases: z.enum(['latest', 'keep-all']).optional(),
  /** `flux`: the cluster tells what became of a commit; `none`: nobody does. */
  feedback: z.enum(['flux', 'none']).optional(),
  ...kubernetes,
  allowClusterScoped: z.boolean().optional(),
  allowOtherNamespaces: z.boolean().optional(),
  allowPlainSecrets: z.boolean().optional(),
});

/** Who owns apps: those that any of its globs names. */
const team = z.strictObject({
  apps: z.array(checked(globProblem)).min(1).max(200),
  members: z.array(z.string().min(1).max(200)).max(1_000).default([]),
});

/** An environment, or all of them, takes only branches that match; nobody can lift it but the operator. */
const branchRestriction = z.strictObject({
  env: z.string().min(1).optional(),
  app: z.string().min(1).optional(),
  branchPattern: checked(expressionProblem),
});

const slug = checked((text) => slugProblem('', text)?.message);
const name = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/, 'must be a name: 1 to 63 letters, digits, _ -');

/** Goes into the header of every commit. */
const identity = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^<>\p{Cc}]+$/u, 'must hold no < > and no line break');

/** The settings: where environments live, how they are rendered, who owns what, who the commits are from. */
export const settingsSchema = z.strictObject({
  gitops,
  /** Hosts that environments may have repos on, beside those of the repos that the deployed settings name. */
  gitopsHosts: z
    .array(z.hostname({ error: 'must be a host name' }))
    .max(100)
    .default([]),
  clusters: z.record(name, cluster).default({}),
  environments: z.record(slug, environment).default({}),
  teams: z.record(name, team).default({}),
  branchRestrictions: z.array(branchRestriction).max(100).default([]),
  /** Where it is told what happens. */
  notifications: channelsSchema.default([]),
  bot: z
    .strictObject({ name: identity, email: identity })
    .default({ name: 'GimletD', email: 'gimletd@localhost' }),
  /** Whether every commit is signed, with the key in the secret store; without a key nothing is written then. */
  signCommits: z.boolean().default(false),
  /** Days after which the previews of a branch that had no artifact end. */
  previewMaxAgeDays: z.number().int().min(1).max(365).default(14),
  /** Writers that may run at once; each has its share of the repos. */
  writerLanes: z.number().int().min(1).max(10).default(1),
});
export type Settings = z.output<typeof settingsSchema>;
/** Settings as people write them: what is left out has its default. */
export type SettingsDocument = z.input<typeof settingsSchema>;
