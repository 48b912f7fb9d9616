import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleFunctions } from '../../../infra/bundle.ts';
import { Random } from '../../../local/faults/random.ts';
import { SECRET_IDS } from '../../../local/secrets.ts';
import type { LocalSystem } from '../../../local/system.ts';
import type { ReleaseAnswer } from '../../../shared/contract/answers.ts';
import { decisionsOf, listAllReleases } from '../../support/api.ts';
import { startTestSystem } from '../../support/system.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { judgeApprovals, type Shown, withheld } from '../approvals.ts';
import { checkRepo } from '../check-repo.ts';
import { Foreigner } from '../foreigner.ts';
import { readHistory } from '../history.ts';
import { type Accepted, judge } from '../judge.ts';
import { judgeNotices, type NoticeVerdict } from '../notices.ts';
import type { ChaosReport } from '../report.ts';
import { Tally } from '../tally.ts';
import { Approvers } from './approvers.ts';
import { watchCalls } from './calls.ts';
import { Canary } from './canary.ts';
import { chartVersion, writeChartVersions } from './chart-versions.ts';
import { endings, SUBSCRIPTIONS } from './endings.ts';
import { Executioner } from './executioner.ts';
import { type AcceptedOverHttp, CANARY, Lane, nameOf, PRODUCTION, STAGING } from './lane.ts';
import { Receiver } from './receiver.ts';
import { APPROVALS_NEEDED, type SettledOverHttp } from './settlement.ts';
import { Weather } from './weather.ts';

export interface SystemChaosOptions {
  readonly kills: number;
  readonly seed: number;
  /** Goes on until somebody was killed at every step, be it with more kills. */
  readonly everyStep: boolean;
  /** Called after every kill. */
  readonly onKill?: (kills: number) => void;
}

const BRANCH = 'main';
const RAW_APPS = ['cart', 'mail', 'shop'];
const CHART_APP = 'web';
/** Each is fetched once; where somebody is to die at every step of that, there must be some until the end. */
const CHART_VERSIONS = { usually: 8, toDieAtAll: 300 };
/** Sooner than on AWS, or a run would be waiting for most of its time. */
const HASTE = { resendAfterSeconds: 3, visibilitySeconds: 4, sweepEverySeconds: 1 };
const APPROVALS = { environments: { [PRODUCTION]: { approvals: { required: APPROVALS_NEEDED } } } };
const MOST_MS_OF_A_KILL = 5_000;
/** For steps that come seldom, and those of the renderer, which is to be left in peace for longer. */
const MOST_MS_OF_RARE_STEPS = 360_000;
/** A branch is paused then, and there are steps that only a pause leads to. */
const LONG_AWAY_EVERY_MS = 90_000;
const CALM_MS = 240_000;

/**
 * Kills functions of the whole local system while artifacts and requests come in over HTTP and everything else goes
 * wrong too; then waits until all is done, and asks the repo what has become of it.
 */
export async function runSystemChaos(options: SystemChaosOptions): Promise<ChaosReport> {
  await using started = new AsyncDisposableStack();
  const folder = started.use(temporaryFolder());
  const bundles = join(folder.path, 'functions');
  await bundleFunctions({ outDir: bundles });
  const { seed, everyStep } = options;
  const versions = everyStep ? CHART_VERSIONS.toDieAtAll : CHART_VERSIONS.usually;
  const charts = await writeChartVersions(join(folder.path, 'charts'), versions);
  const receiver = started.use(await Receiver.start(new Random(seed + 5)));
  const dataDirectory = await writeSecrets(join(folder.path, 'data'), receiver);
  const settings = { ...APPROVALS, notifications: SUBSCRIPTIONS.map((one) => receiver.channel(one)) };
  const place = { dataDirectory, bundles, charts, warm: true, settings };
  const system = await startTestSystem({ ...HASTE, ...place, faults: { seed } });
  started.defer(() => system.close());
  const people = { approvers: await Approvers.of(system), receiver };
  const chaos = new SystemChaos(system, people, versions, options);
  await chaos.run();
  return await chaos.report();
}

/** Answers the data directory, with the secrets that the first start would else make without them. */
async function writeSecrets(dataDirectory: string, { secrets }: Receiver): Promise<string> {
  await mkdir(dataDirectory, { recursive: true });
  const kept = JSON.stringify({ [SECRET_IDS.notificationSecrets]: JSON.stringify(secrets) });
  await writeFile(join(dataDirectory, 'secrets.json'), kept, { mode: 0o600 });
  return dataDirectory;
}

/** Who is not part of the system and speaks with it. */
interface People {
  readonly approvers: Approvers;
  readonly receiver: Receiver;
}

class SystemChaos {
  readonly #system: LocalSystem;
  readonly #options: SystemChaosOptions;
  readonly #tally = new Tally();
  readonly #lanes: readonly Lane[];
  readonly #canary: Canary;
  readonly #receiver: Receiver;
  readonly #foreigner: Foreigner;
  readonly #weather: Weather;
  readonly #executioner: Executioner;
  /** Artifacts of which it is known that all is decided. */
  readonly #decided = new Set<string>();

  constructor(
    system: LocalSystem,
    { approvers, receiver }: People,
    chartVersions: number,
    options: SystemChaosOptions,
  ) {
    const { seed, kills, onKill } = options;
    this.#system = system;
    this.#receiver = receiver;
    this.#options = options;
    const repo = { path: system.gitopsRepoPath, branch: BRANCH };
    this.#foreigner = new Foreigner(repo, new Random(seed + 1));
    this.#weather = new Weather(system, this.#foreigner, new Random(seed + 2), this.#tally);
    this.#executioner = new Executioner({
      random: new Random(seed),
      kills,
      clock: Date.now,
      kill: (name) => {
        onKill?.(this.#executioner.kills);
        void system.host.kill(name);
      },
    });
    const chartLane = chartManifest(system, chartVersions);
    const inCanary = new Lane(system, approvers, CHART_APP, new Random(seed + 3), chartLane);
    this.#canary = new Canary(system, approvers, inCanary, new Random(seed + 4));
    this.#lanes = [
      ...RAW_APPS.map(
        (app, n) => new Lane(system, approvers, app, new Random(seed + 10 + n), rawManifest(app)),
      ),
      inCanary,
    ];
  }

  async run(): Promise<void> {
    await this.#canary.changeRule();
    using _watch = watchCalls(this.#system, this.#receiver.port, {
      onCall: (call) => (this.#executioner.sees('before', call) ? 'lost' : this.#weather.fate(call)),
      onAnswer: (call) => void this.#executioner.sees('after', call),
    });
    const enough = new AbortController();
    const targets = () => [...new Set(this.#accepted.map(({ target }) => target))];
    const going = [
      this.#weather.rage(targets, enough.signal),
      ...this.#lanes.map((lane) => lane.run(enough.signal)),
      this.#canary.run(enough.signal),
    ];
    const all = Promise.all(going);
    await Promise.race([this.#killed(), all]);
    enough.abort();
    await all;
    this.#receiver.isMoody = false;
    await this.#calmDown();
  }

  async report(): Promise<ChaosReport> {
    const { gitopsRepoPath: path, gitopsRepoUrl: url, faults } = this.#system;
    const repo = { path, url, branch: BRANCH };
    const verdict = await judge({
      bare: path,
      branch: BRANCH,
      accepted: this.#accepted,
      withheld: withheld(this.#settled),
      nameOf,
      isWhole: (accepted, files) => this.#isWhole(accepted, files),
      foreign: this.#foreigner.pushed,
      forcedAway: [],
    });
    this.#tally.count('foreign push', this.#foreigner.pushed.length);
    for (const [what, times] of Object.entries(faults?.stats() ?? {})) this.#tally.count(what, times);
    for (const { outcome } of this.#settled) this.#tally.count(`people asked: ${outcome}`);
    this.#tally.count('rule of approvals changed', this.#canary.changes - 1);
    const notices = await this.#judgeNotices();
    this.#tally.count('calls of the receiver', notices.calls);
    this.#tally.count('notices it took', notices.taken);
    this.#tally.count('notices it took again', notices.takenAgain);
    for (const { state, errorCode } of await this.#releases())
      this.#tally.count(['release', state, errorCode].filter(Boolean).join(' '));
    const { untold } = notices;
    const misled = judgeApprovals(this.#settled, await this.#shown());
    const spoiled = [...verdict.spoiled, ...misled, ...notices.wrong, ...(await checkRepo(repo))];
    const { kills, atSteps } = this.#executioner;
    return { kills, atSteps, tally: this.#tally, verdict: { ...verdict, untold, spoiled } };
  }

  get #accepted(): AcceptedOverHttp[] {
    const approved = this.#settled.filter(({ outcome }) => outcome === 'approved');
    return [...this.#lanes.flatMap(({ automatic }) => automatic), ...approved];
  }

  /** What people were asked to agree to. */
  get #settled(): SettledOverHttp[] {
    return [...this.#lanes, this.#canary].flatMap(({ settled }) => settled);
  }

  /** Resolves when enough are dead, or when it takes too long. */
  async #killed(): Promise<void> {
    const { kills } = this.#options;
    const latest = Date.now() + kills * MOST_MS_OF_A_KILL + MOST_MS_OF_RARE_STEPS;
    const isEnough = () => this.#executioner.kills >= kills && this.#everyStep;
    const isLongAwayAtTimes = this.#options.everyStep;
    let nextLongAway = Date.now() + LONG_AWAY_EVERY_MS;
    while (!isEnough() && Date.now() < latest) {
      await sleep(100);
      if (this.#executioner.kills >= kills) this.#weather.easeOff();
      if (!isLongAwayAtTimes || Date.now() < nextLongAway) continue;
      await this.#weather.gitAway();
      nextLongAway = Date.now() + LONG_AWAY_EVERY_MS;
    }
    this.#executioner.stop();
  }

  get #everyStep(): boolean {
    return !this.#options.everyStep || this.#executioner.everyStepHit;
  }

  /** Nothing goes wrong any more: waits until everything is decided and every release has ended. */
  async #calmDown(): Promise<void> {
    const latest = Date.now() + CALM_MS;
    while (Date.now() < latest && !(await this.#isDone().catch(() => false))) await sleep(500);
  }

  async #isDone(): Promise<boolean> {
    const ids = new Set(this.#accepted.map(({ artifactId }) => artifactId));
    for (const id of ids) {
      if (this.#decided.has(id)) continue;
      if (!(await decisionsOf(this.#system, id)).complete) return false;
      this.#decided.add(id);
    }
    const short = new Set(this.#settled.filter(({ outcome }) => outcome === 'short').map(({ name }) => name));
    if (!(await this.#releases()).every(({ id, terminal }) => terminal || short.has(id))) return false;
    return (await this.#judgeNotices()).untold.length === 0;
  }

  async #judgeNotices(): Promise<NoticeVerdict> {
    const history = await readHistory(this.#system.gitopsRepoPath, `refs/heads/${BRANCH}`);
    return judgeNotices(this.#receiver.calls, SUBSCRIPTIONS, endings(await this.#releases(), history));
  }

  async #releases(): Promise<ReleaseAnswer[]> {
    const lists = [STAGING, PRODUCTION, CANARY].map((env) => listAllReleases(this.#system, env));
    return (await Promise.all(lists)).flat();
  }

  async #shown(): Promise<Map<string, Shown>> {
    const shown = (await this.#releases()).map(({ id, state, approval }) => {
      const given = (approval?.given ?? []).map(({ name }) => name);
      return [id, { state, given }] as const;
    });
    return new Map(shown);
  }

  #isWhole(accepted: Accepted, files: ReadonlyMap<string, string>): boolean {
    const wanted = this.#accepted.find(({ name }) => name === accepted.name)?.artifactId;
    const { artifactId } = JSON.parse(files.get('release.json') ?? '{}') as { artifactId?: string };
    const own = new RegExp(`^ *artifact: "?${wanted}"?$`, 'm');
    const isOfArtifact = [...files].some(([path, text]) => path !== 'release.json' && own.test(text));
    return artifactId === wanted && isOfArtifact;
  }
}

type Fields = Record<string, unknown>;

/** The files say which artifact they are of, which is how the judge knows them. */
function rawManifest(app: string): (n: number) => Fields {
  return (n) => ({
    manifests: `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${app}\ndata:\n  artifact: ${app}-${n}\n`,
  });
}

function chartManifest({ chartRepoUrl }: LocalSystem, versions: number): (n: number) => Fields {
  return (n) => ({
    manifests: undefined,
    chart: { repository: chartRepoUrl, name: 'webapp', version: chartVersion(n, versions) },
    values: { image: { repository: 'nginx', tag: '1.29' }, config: { artifact: `${CHART_APP}-${n}` } },
  });
}
