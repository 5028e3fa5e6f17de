/**
 * `host:port/database` of a connection string, without user, password or parameters: what may be shown and stored.
 *
 * @example describeDatabase('postgresql://me:secret@db.example:5433/shop') // 'db.example:5433/shop'
 */
export function describeDatabase(url: string): string {
  if (!URL.canParse(url)) return 'the database';
  const parsed = new URL(url);
  const host = parsed.searchParams.get('host') ?? decodeURIComponent(parsed.hostname);
  const port = parsed.port === '' ? (parsed.searchParams.get('port') ?? '5432') : parsed.port;
  const database = decodeURIComponent(parsed.pathname.slice(1)) || decodeURIComponent(parsed.username) || 'postgres';
  return `${host === '' ? 'localhost' : host}:${port}/${database}`;
}
