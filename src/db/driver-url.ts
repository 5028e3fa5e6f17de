import { UsageError } from '../model/error.ts';

const FORM = 'postgresql://user@host:5432/database';

/** What the driver itself makes `verify-full` of, with a warning of several lines on stderr. */
const TAKEN_FOR_VERIFY_FULL: ReadonlySet<string> = new Set(['prefer', 'require', 'verify-ca']);

/**
 * The database URL as the driver takes it. `sslmode=require` and its like become `verify-full`, which is what pg 8 does
 * with them anyway; with `uselibpqcompat=true` they stay as they are.
 *
 * @throws UsageError when the text is no URL of a PostgreSQL database; the text itself is never part of the message.
 * @example driverUrl('postgresql://me@db/shop?sslmode=require') // 'postgresql://me@db/shop?sslmode=verify-full'
 */
export function driverUrl(url: string): string {
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new UsageError('The database URL is not of the form postgresql://user@host:port/database.', {
      nextCommand: `pass --database-url ${FORM}`,
    });
  }
  if (!URL.canParse(url)) {
    throw new UsageError(
      'The database URL cannot be read: its port is no number up to 65535, or a special character in it is not percent-encoded (# as %23, / as %2F, ? as %3F).',
      { nextCommand: `pass --database-url ${FORM}, user and password percent-encoded` },
    );
  }
  const parsed = new URL(url);
  const port = parsed.searchParams.get('port');
  if (port !== null && !(/^\d+$/.test(port) && Number(port) <= 65_535)) {
    throw new UsageError('The port in the database URL is no number up to 65535.', {
      nextCommand: `pass --database-url ${FORM}`,
    });
  }
  const sslMode = parsed.searchParams.get('sslmode') ?? '';
  if (!TAKEN_FOR_VERIFY_FULL.has(sslMode) || parsed.searchParams.get('uselibpqcompat') === 'true') return url;
  return url.replace(`sslmode=${sslMode}`, 'sslmode=verify-full');
}
