import * as z from 'zod';
import { UnprocessableError } from '../../errors/errors.ts';
import type { ChartListing, ChartRepository } from '../../manifest/chart-repository.ts';
import type { ChartLocator } from '../../manifest/chart-source.ts';
import { checkDigest } from './check-digest.ts';
import { chooseVersion } from './choose-version.ts';
import { type GuardedAnswer, guardedRequest } from './guarded-request.ts';
import { answerChallenge } from './registry-token.ts';
import { type ChartRepositoryOptions, guardedOptions } from './repository-options.ts';
import { isLoopbackHost } from './source-rules.ts';

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
/** The one of today, and that of helm 3.0 to 3.6. */
const CHART_LAYERS: readonly string[] = [
  'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  'application/tar+gzip',
];
const MAX_TAG_PAGES = 10;
const EXACT = /^v?\d+\.\d+\.\d+(?:[-+].*)?$/;

const manifestSchema = z.object({
  layers: z.array(z.object({ mediaType: z.string(), digest: z.string() })),
});
const tagsSchema = z.object({ tags: z.array(z.string()).nullish() });

/** Charts in registries that speak the OCI distribution API, with tokens where they want them. */
export function ociRegistry(options: ChartRepositoryOptions): ChartRepository {
  const registry = new Registry(options);
  return {
    find: (chart) => registry.find(chart),
    download: (listing) => registry.download(listing),
  };
}

class Registry {
  private readonly options: ChartRepositoryOptions;

  constructor(options: ChartRepositoryOptions) {
    this.options = options;
  }

  async find({ repository, name, version }: ChartLocator): Promise<ChartListing> {
    const base = this.baseUrl(repository, name);
    const exact = EXACT.test(version) ? version : chooseVersion(await this.versions(base), name, version);
    const manifest = await this.manifest(base, exact);
    const layer = manifest.layers.find(({ mediaType }) => CHART_LAYERS.includes(mediaType));
    const digest = /^sha256:([0-9a-f]{64})$/.exec(layer?.digest ?? '')?.[1];
    if (digest === undefined) throw notAChart(`${base.host}${base.pathname} ${exact} is no chart`);
    return { name, version: exact, url: `oci+${new URL(`blobs/sha256:${digest}`, base).href}`, digest };
  }

  async download(listing: ChartListing): Promise<Uint8Array> {
    const { body } = await this.get(new URL(listing.url.replace(/^oci\+/, '')));
    checkDigest(body, listing);
    return body;
  }

  /** `oci://host/charts` and `web` are `/v2/charts/web/` there. */
  private baseUrl(repository: string, name: string): URL {
    const address = repository.replace(/^oci:/, 'https:').replace(/\/*$/, '');
    if (!URL.canParse(address)) throw notAChart(`'${repository}' is no address of a registry`);
    const url = new URL(address);
    // A registry on this machine has no certificate.
    if (this.options.allowLoopback && isLoopbackHost(url.hostname)) url.protocol = 'http:';
    url.pathname = `/v2${url.pathname.replace(/\/$/, '')}/${name}/`;
    return url;
  }

  private async manifest(base: URL, version: string): Promise<z.infer<typeof manifestSchema>> {
    // A tag may hold no `+`; helm writes `_` for it.
    const url = new URL(`manifests/${encodeURIComponent(version.replaceAll('+', '_'))}`, base);
    const { body } = await this.get(url, MANIFEST_TYPE);
    return readJson(body, manifestSchema, url);
  }

  private async versions(base: URL): Promise<string[]> {
    const versions: string[] = [];
    let url: URL | undefined = new URL('tags/list?n=1000', base);
    for (let page = 0; url !== undefined && page < MAX_TAG_PAGES; page += 1) {
      const { body, headers }: GuardedAnswer = await this.get(url);
      versions.push(...(readJson(body, tagsSchema, url).tags ?? []).map((tag) => tag.replaceAll('_', '+')));
      url = nextPage(headers.link, url);
    }
    return versions;
  }

  /** Asks without a token first: a registry says itself where it gives them, and for what. */
  private async get(url: URL, accept = '*/*'): Promise<GuardedAnswer> {
    const guarded = guardedOptions(this.options);
    const first = await guardedRequest({ url, headers: { accept }, answers: [401] }, guarded);
    if (first.status !== 401) return first;
    const challenge = first.headers['www-authenticate'];
    const authorization = await answerChallenge(url, challenge, guarded, this.options.credentials);
    return guardedRequest({ url, headers: { accept, authorization } }, guarded);
  }
}

/** On the same registry only: it may not send our token elsewhere. */
function nextPage(link: string | string[] | undefined, from: URL): URL | undefined {
  const [, next] = /<([^>]+)>\s*;\s*rel="?next"?/.exec([link].flat().join(', ')) ?? [];
  if (next === undefined || !URL.canParse(next, from.href)) return undefined;
  const url = new URL(next, from);
  return url.origin === from.origin ? url : undefined;
}

function readJson<T>(body: Buffer, schema: z.ZodType<T>, { host, pathname }: URL): T {
  try {
    return schema.parse(JSON.parse(body.toString()));
  } catch {
    throw notAChart(`the answer of ${host}${pathname} is not understood`);
  }
}

function notAChart(problem: string): UnprocessableError {
  return new UnprocessableError('chart-source-refused', `the chart can't be fetched: ${problem}`);
}
