import type { Connection } from '../../db/connection.ts';
import type { UserFunction } from '../../model/catalog.ts';
import { IS_USER_SCHEMA, isExtensionOwned } from './user-objects.ts';

interface FunctionRow {
  readonly schema: string;
  readonly name: string;
  readonly volatility: 'i' | 's' | 'v';
  readonly language: string;
  readonly body: string;
}

const VOLATILITIES: Readonly<Record<FunctionRow['volatility'], UserFunction['volatility']>> = {
  i: 'immutable',
  s: 'stable',
  v: 'volatile',
};

/** Functions and procedures; not the constructors of range types, which are `internal`. Overloads share one name: the most volatile of them speaks for all. */
export async function readFunctions(connection: Connection): Promise<readonly UserFunction[]> {
  // Bodies in the SQL standard's form came with 14.
  const body = connection.serverMajor >= 14 ? 'coalesce(pg_get_function_sqlbody(p.oid), p.prosrc)' : 'p.prosrc';
  const rows = await connection.query<FunctionRow>(`SELECT DISTINCT ON (n.nspname, p.proname)
      n.nspname AS schema, p.proname AS name, p.provolatile AS volatility, l.lanname AS language, ${body} AS body
    FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_language l ON l.oid = p.prolang
    WHERE p.prokind IN ('f', 'p', 'w') AND l.lanname <> 'internal' AND ${IS_USER_SCHEMA} AND NOT ${isExtensionOwned('pg_proc', 'p.oid')}
    ORDER BY n.nspname, p.proname, p.provolatile DESC, p.oid`);
  return rows.map(({ schema, name, volatility, language, body: text }) => ({
    name: { schema, name },
    volatility: VOLATILITIES[volatility],
    language,
    body: text,
  }));
}
