import type { ServerVersion } from '../model/server-version.ts';

/** @example serverText({ engine: 'postgresql', major: 16 }) // 'PostgreSQL 16' */
export function serverText(server: ServerVersion): string {
  return `PostgreSQL ${server.major}`;
}
