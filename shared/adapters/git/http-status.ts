import { GitRefusedError, TransientError } from '../../errors/errors.ts';
import { plainLines } from './server-words.ts';

export interface AnsweredStatus {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
  /** Host of the repo, for the message. */
  readonly host: string;
}

/** Throws for every answer that is not a plain 200: what the status means for someone who speaks git. */
export function requireOk(answer: AnsweredStatus): void {
  if (answer.status === 200) return;
  throw statusError(answer);
}

function statusError({ status, headers, body, host }: AnsweredStatus): Error {
  const data = { status, host, ...retryAfter(headers['retry-after']) };
  const words = `${host} answered ${status}${firstLine(body)}`;
  if (status >= 300 && status < 400) {
    return new GitRefusedError(
      `${words}: a redirect, which is not followed. Set the repo's URL to its final address.`,
      {
        data,
      },
    );
  }
  // Azure DevOps answers 203 with a sign-in page where others answer 401.
  if (status === 401 || status === 203) {
    return new GitRefusedError(`${words}: the credential is missing, wrong or expired.`, { data });
  }
  if (status === 403) return new GitRefusedError(`${words}: the credential may not do this.`, { data });
  if (status === 404) {
    return new GitRefusedError(`${words}: no such repo, or the credential may not see it.`, { data });
  }
  if (status === 429) return new TransientError('git-throttled', `${words}: too many requests.`, { data });
  if (status === 408 || status >= 500) {
    return new TransientError('git-server-error', `${words}.`, { data: { ...data, sent: true } });
  }
  return new GitRefusedError(`${words}.`, { data });
}

/** Seconds, or a date as RFC 9110 (10.2.3) allows; the date is handed on as text, for the caller has the clock. */
function retryAfter(header: string | string[] | undefined): Record<string, number | string> {
  if (typeof header !== 'string') return {};
  return /^\d+$/.test(header) ? { retryAfterSeconds: Number(header) } : { retryAfterDate: header };
}

function firstLine(body: Uint8Array): string {
  const [line] = plainLines(Buffer.from(body.subarray(0, 300)).toString('utf8'));
  return line === undefined || line.startsWith('<') ? '' : ` (${line})`;
}
