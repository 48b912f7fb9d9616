/** What every client of the embedded services is given; the services check none of it but put it into ARNs. */
export const LOCAL_AWS = {
  region: 'us-east-1',
  accountId: '000000000000',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;
