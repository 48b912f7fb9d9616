/** What a host knows us by, `user:password`; undefined where it is asked without. */
export type Credentials = (host: string) => Promise<string | undefined>;

/** The header that tells a host who we are. */
export async function basicAuthorization(
  { host }: URL,
  credentials: Credentials | undefined,
): Promise<Record<string, string>> {
  const known = await credentials?.(host);
  return known === undefined ? {} : { authorization: `Basic ${Buffer.from(known).toString('base64')}` };
}
