import { GitRefusedError, TransientError, UnprocessableError } from '../../errors/errors.ts';
import type { Oid } from '../../gitops/git-engine.ts';
import { MalformedError } from '../git/malformed-error.ts';
import type { GitObject } from '../git/object-id.ts';
import { readPack } from '../git/pack-reader.ts';
import {
  FetchRefusedError,
  fetchRequestV2,
  lsRefsRequest,
  parseAdvertisement,
  parseFetchV2,
  parseLsRefs,
} from '../git/upload-pack.ts';
import { basicAuthorization } from './credentials.ts';
import { guardedRequest } from './guarded-request.ts';
import { type ChartRepositoryOptions, guardedOptions } from './repository-options.ts';

/** A folder of charts is small; what is around it in its repository may not be. */
const LIMITS = { maxObjects: 100_000, maxObjectBytes: 20_000_000, maxTotalBytes: 200_000_000 };
const VERSION_2 = { 'git-protocol': 'version=2' };

/** A git repository on a host that is nobody's friend, read by its smart HTTP protocol, version 2. */
export class GitSource {
  private readonly address: URL;
  private readonly options: ChartRepositoryOptions;

  constructor(address: URL, options: ChartRepositoryOptions) {
    this.address = address;
    this.options = options;
  }

  /** What a full ref points to, a commit or a tag object; undefined when there is none. */
  resolve(ref: string): Promise<Oid | undefined> {
    return this.understood(async () => {
      await this.requireVersion2();
      return parseLsRefs(await this.post(lsRefsRequest(ref))).get(ref);
    });
  }

  /** All objects of one commit. */
  fetch(commit: Oid): Promise<ReadonlyMap<Oid, GitObject>> {
    return this.understood(async () => {
      await this.requireVersion2();
      const pack = parseFetchV2(await this.post(fetchRequestV2({ wants: [commit], deepen: 1 })));
      return readPack(pack, { limits: LIMITS, blobs: true });
    });
  }

  private async requireVersion2(): Promise<void> {
    const body = await this.send('info/refs?service=git-upload-pack', {});
    if (parseAdvertisement(body, 'git-upload-pack').protocol !== 2)
      throw this.refused('speaks no version 2 of the git protocol');
  }

  private post(body: Buffer): Promise<Buffer> {
    const headers = { 'content-type': 'application/x-git-upload-pack-request' };
    return this.send('git-upload-pack', headers, body);
  }

  private async send(path: string, headers: Record<string, string>, body?: Buffer): Promise<Buffer> {
    const url = new URL(`${this.address.href.replace(/\/$/, '')}/${path}`);
    const authorization = await basicAuthorization(url, this.options.credentials);
    const request = { url, headers: { ...VERSION_2, ...headers, ...authorization }, ...(body && { body }) };
    return (await guardedRequest(request, guardedOptions(this.options))).body;
  }

  private async understood<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof FetchRefusedError || error instanceof GitRefusedError)
        throw this.refused(`says: ${error.message}`);
      if (error instanceof MalformedError)
        throw new TransientError(
          'chart-source-unavailable',
          `the chart can't be fetched now: the answer of ${this.address.host} is not understood: ${error.message}`,
          { cause: error },
        );
      throw error;
    }
  }

  private refused(problem: string): UnprocessableError {
    const { host, pathname } = this.address;
    return new UnprocessableError(
      'chart-source-refused',
      `the chart can't be fetched: ${host}${pathname} ${problem}`,
    );
  }
}
