import type { DatabaseTarget } from './database-target.ts';

/**
 * `host:port/database` of a connection string, without user, password or parameters: what may be shown and stored.
 *
 * @example describeDatabase('postgresql://me:secret@db.example:5433/shop') // 'db.example:5433/shop'
 */
export function describeDatabase(target: DatabaseTarget): string {
  if (typeof target !== 'string') return target.name;
  if (!URL.canParse(target)) return 'the database';
  const parsed = new URL(target);
  const host = parsed.searchParams.get('host') ?? decoded(parsed.hostname);
  const port = parsed.port === '' ? (parsed.searchParams.get('port') ?? '5432') : parsed.port;
  const database = decoded(parsed.pathname.slice(1)) || decoded(parsed.username) || 'postgres';
  return `${host === '' ? 'localhost' : host}:${port}/${database}`;
}

/** A lone % stands for itself, as the driver has it. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return part;
    throw error;
  }
}
