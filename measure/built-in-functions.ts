import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { startPostgresServer } from '../src/server/postgres-server.ts';

const MAJORS = [13, 14, 15, 16, 17, 18];
const TARGET = new URL('../src/facts/postgres/built-in-functions.ts', import.meta.url);

/** `timezone` is what AT TIME ZONE calls; only its form without arguments (a view's helper) is volatile. */
const NON_VOLATILE_AS_WRITTEN = new Set(['timezone', 'ts_rewrite']);

const QUERY = `
  SELECT proname AS name, bool_or(provolatile = 'v') AS volatile
    FROM pg_proc
   WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f'
     AND NOT (proargtypes::oid[] && ARRAY['internal'::regtype::oid, 'cstring'::regtype::oid])
     AND prorettype NOT IN ('internal'::regtype, 'cstring'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
   GROUP BY proname`;

/** Reads the volatility of every built-in function from real servers and writes it down as data for `src/facts/`. */
async function main(): Promise<void> {
  const volatile = new Set<string>();
  const known = new Set<string>();
  for (const major of MAJORS) {
    const server = await startPostgresServer({ major });
    const client = new pg.Client(server.url());
    await client.connect();
    const { rows } = await client.query<{ name: string; volatile: boolean }>(QUERY);
    for (const row of rows) {
      known.add(row.name);
      if (row.volatile && !NON_VOLATILE_AS_WRITTEN.has(row.name)) volatile.add(row.name);
    }
    await client.end();
    await server.stop();
  }
  const stable = [...known].filter((name) => !volatile.has(name));
  writeFileSync(TARGET, source([...volatile].sort(), stable.sort()));
}

function source(volatile: readonly string[], stable: readonly string[]): string {
  return `// Written by \`npm run measure:functions\` from pg_proc of PostgreSQL ${MAJORS.join(', ')}; do not edit.

/** Built-in functions with an overload that is volatile: they answer anew for every row. */
export const VOLATILE_BUILT_INS: ReadonlySet<string> = new Set(
  \`${wrap(volatile)}\`.split(/\\s+/),
);

/** Built-in functions that are stable or immutable: evaluated once in an ADD COLUMN. */
export const STABLE_BUILT_INS: ReadonlySet<string> = new Set(
  \`${wrap(stable)}\`.split(/\\s+/),
);
`;
}

function wrap(names: readonly string[]): string {
  const lines = [''];
  for (const name of names) {
    const line = lines[lines.length - 1] ?? '';
    if (line.length + name.length > 110) lines.push(name);
    else lines[lines.length - 1] = line === '' ? name : `${line} ${name}`;
  }
  return lines.join('\n');
}

await main();
