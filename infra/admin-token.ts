/**
 * `npm run admin-token -- --table NAME --name WHO [--days N]`: makes an admin's token, with the AWS credentials of
 * whoever runs it. The API gives tokens to none but admins, so the first one comes from here.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { putFirstAdminToken } from '../shared/adapters/dynamodb/first-admin-token.ts';

const USAGE = 'npm run admin-token -- --table NAME --name WHO [--days 1..365]';

try {
  const { table, name, days } = readOptions();
  const ageMs = days * 86_400_000;
  const now = Date.now();
  const token = await putFirstAdminToken({ tableName: table, name, ageMs, random: randomBytes, now });
  const until = new Date(now + ageMs).toISOString();
  console.error(`An admin token for ${name}, until ${until}. It is shown this once:`);
  console.log(token);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function readOptions(): { readonly table: string; readonly name: string; readonly days: number } {
  const { values } = parseArgs({
    options: { table: { type: 'string' }, name: { type: 'string' }, days: { type: 'string', default: '90' } },
  });
  const { table, name } = values;
  const days = Number(values.days);
  const isRight = Number.isInteger(days) && days >= 1 && days <= 365;
  if (table && name && isRight) return { table, name, days };
  throw new Error(
    `Say which table (the output TableName of the data stack) and whose token it is:\n  ${USAGE}`,
  );
}
