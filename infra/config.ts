import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { readDeployed, type Settings } from '../shared/contract/deployed-settings.ts';
import { fieldErrors } from '../shared/contract/field-errors.ts';
import { heartbeatTarget } from '../shared/contract/heartbeat.ts';
import { DEFAULT_THROTTLE } from '../shared/contract/route-throttle.ts';

/** Lambda allows 4 KB for all variables of a function; this leaves room for the others. */
const MAX_SETTINGS_BYTES = 3500;

/** Retention times that CloudWatch Logs knows. */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653] as const;

const stageName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,19}$/, 'must be 1 to 20 of a-z, 0-9 and -, a letter first');

const hostName = z
  .string()
  .regex(
    /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/,
    'must be a host name such as gimletd.example.com',
  );

/** A name that people and CI reach the API by. */
const publicName = {
  name: hostName,
  /** Of AWS Certificate Manager, and for `name`. */
  certificateArn: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
      'must be the ARN of a certificate of ACM',
    ),
  /** Where the name is to be entered; without it, enter it yourself. */
  hostedZone: z
    .strictObject({ id: z.string().regex(/^Z[A-Z0-9]+$/, 'must be the id of a hosted zone'), name: hostName })
    .optional(),
};

/** Where CloudFront takes its certificates and firewalls from, whatever region it stands before. */
export const EDGE_REGION = 'us-east-1';

const stageFile = z
  .strictObject({
    /** Account and region to deploy to; those of the caller's credentials when left out. */
    account: z
      .string()
      .regex(/^\d{12}$/, 'must be 12 digits')
      .optional(),
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as eu-west-1')
      .optional(),
    /** What the functions read as SETTINGS; its shape is the product's, not the infrastructure's. */
    settings: z.record(z.string(), z.unknown()),
    /** Hosts that charts may come from; `*` is any public host. */
    chartHosts: z.array(z.string().min(1)).min(1).default(['*']),
    /** Seconds until a message that had no effect is sent again. */
    resendAfterSeconds: z.int().min(10).max(3600).default(60),
    logRetentionDays: z.literal(RETENTION_DAYS).default(30),
    /**
     * New accounts have 10 concurrent executions in all and may reserve none. `false` deploys there too: the FIFO
     * groups still keep the writers to `writerLanes`, but other functions may then take the writer's share.
     */
    reserveWriterConcurrency: z.boolean().default(true),
    /** Decisions, renders and notifications at once, at most; 2 is the least that SQS allows. */
    maxConcurrency: z
      .strictObject({
        policy: z.int().min(2).max(1000),
        renderer: z.int().min(2).max(1000),
        notifier: z.int().min(2).max(1000).default(5),
      })
      .default({ policy: 5, renderer: 10, notifier: 5 }),
    /** Requests that each route of the API takes, or a share of it; more are answered 429. */
    throttle: z.strictObject({ perSecond: z.int().min(1), burst: z.int().min(1) }).default(DEFAULT_THROTTLE),
    /** A name of your own for the API, which then answers to that name alone. */
    domain: z.strictObject(publicName).optional(),
    /** CloudFront with a firewall before the API, by another name; `domain` is where it asks. */
    edge: z
      .strictObject({
        ...publicName,
        /** Requests of one address in five minutes; more are answered 403. */
        requestsPer5Minutes: z.int().min(10).max(2_000_000_000).default(10_000),
      })
      .optional(),
    /** Requests that each token may make in a minute; more are answered 429. */
    tokenRequestsPerMinute: z.int().min(1).max(1_000_000).default(600),
    /** Who gets a mail when something needs a person. */
    alarmEmails: z.array(z.email()).default([]),
    /** Releases something small of its own now and then, and has somebody told when that stops; none when left out. */
    heartbeat: heartbeatTarget
      .extend({
        /** Three that are missing start the alarm, which looks back over a day at most. */
        everyMinutes: z.int().min(5).max(480).default(60),
      })
      .optional(),
    /** Where docs/operations.md is to be read: alarms link to its headings. */
    runbookUrl: z.string().min(1).default('docs/operations.md'),
  })
  .check(({ value: { region, domain, edge }, issues }) => {
    const refuse = (path: string[], message: string) =>
      void issues.push({ code: 'custom', input: edge, path, message });
    if (edge && !domain) refuse(['edge'], 'needs domain, the name by which CloudFront asks the API');
    if (edge && edge.name === domain?.name)
      refuse(['edge', 'name'], 'must be another name than that of domain');
    if (edge && regionOf(edge.certificateArn) !== EDGE_REGION)
      refuse(
        ['edge', 'certificateArn'],
        `must be a certificate of ${EDGE_REGION}, where CloudFront looks for it`,
      );
    if (domain && region && regionOf(domain.certificateArn) !== region)
      refuse(['domain', 'certificateArn'], `must be a certificate of ${region}, where the API is`);
  });

function regionOf(arn: string): string | undefined {
  return arn.split(':')[3];
}

/** One deployment of the product, checked: everything that differs between two of them. */
export interface StageConfig extends Omit<z.output<typeof stageFile>, 'settings'> {
  readonly stage: string;
  readonly settings: Settings;
  /** The settings as the operator wrote them, JSON: short, because defaults are left out. */
  readonly settingsJson: string;
}

/** A stage that is not described, or wrongly; the message names the file, the field and what it must be. */
export class StageError extends Error {
  override readonly name = 'StageError';
}

/** Where the stages are described, a file each. */
const STAGES = join(import.meta.dirname, 'stages');

/**
 * Reads `infra/stages/<stage>.json`.
 * @throws StageError that names the stages there are, or every field that is wrong.
 */
export function readStage(stage: string, dir = STAGES): StageConfig {
  const stages = readdirSync(dir).flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? []);
  if (!stages.includes(stage)) {
    throw new StageError(
      `there is no infra/stages/${stage}.json; choose with --context stage=<${stages.join('|')}>`,
    );
  }
  return parseStage(stage, readFileSync(join(dir, `${stage}.json`), 'utf8'));
}

/**
 * Checks a stage's description.
 * @throws StageError naming every field that is wrong.
 */
export function parseStage(stage: string, json: string): StageConfig {
  const where = `infra/stages/${stage}.json`;
  const name = stageName.safeParse(stage);
  if (!name.success) throw new StageError(`${where}: the stage's name ${name.error.issues[0]?.message}`);
  const parsed = stageFile.safeParse(attempt(where, () => JSON.parse(json)));
  if (!parsed.success) throw new StageError(`${where}: ${problems(parsed.error)}`);
  const settingsJson = JSON.stringify(parsed.data.settings);
  if (Buffer.byteLength(settingsJson) > MAX_SETTINGS_BYTES) {
    throw new StageError(
      `${where}: settings: at most ${MAX_SETTINGS_BYTES} bytes of JSON fit a function's environment`,
    );
  }
  const settings = attempt(where, () => readDeployed(settingsJson).settings);
  const { heartbeat } = parsed.data;
  if (heartbeat && settings.environments[heartbeat.env]?.approvals) {
    throw new StageError(
      `${where}: heartbeat.env: '${heartbeat.env}' asks for approvals, so heartbeats would wait there; name an environment that asks for none`,
    );
  }
  return { ...parsed.data, stage, settings, settingsJson };
}

/** Adds the file's name to what `act` complains about. */
function attempt<T>(where: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw new StageError(`${where}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

function problems(error: z.ZodError): string {
  return fieldErrors(error)
    .map(({ path, message }) => `${path || 'the file'}: ${message}`)
    .join('; ');
}
