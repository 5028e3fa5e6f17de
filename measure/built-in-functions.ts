import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { startPostgresServer } from '../src/server/postgres-server.ts';

const MAJORS = [13, 14, 15, 16, 17, 18];
const TARGET = new URL('../src/facts/postgres/built-in-functions.ts', import.meta.url);

/** `timezone` is what AT TIME ZONE calls; only its form without arguments (a view's helper) is volatile. */
const NON_VOLATILE_AS_WRITTEN = new Set(['timezone', 'ts_rewrite']);

const QUERY = `
  SELECT proname AS name, bool_or(provolatile = 'v') AS volatile,
         bool_or(provolatile = 'i') AS immutable, bool_and(provolatile = 'i') AS always
    FROM pg_proc
   WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f'
     AND NOT (proargtypes::oid[] && ARRAY['internal'::regtype::oid, 'cstring'::regtype::oid])
     AND prorettype NOT IN ('internal'::regtype, 'cstring'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
   GROUP BY proname`;

/** Reads the volatility of every built-in function from real servers and writes it down as data for `src/facts/`. */
async function main(): Promise<void> {
  const volatile = new Set<string>();
  const known = new Set<string>();
  const immutable = new Set<string>();
  const mutable = new Set<string>();
  const majorsOf = new Map<string, number[]>();
  for (const major of MAJORS) {
    const server = await startPostgresServer({ major });
    const client = new pg.Client(server.url());
    await client.connect();
    const { rows } = await client.query<FunctionRow>(QUERY);
    for (const row of rows) {
      known.add(row.name);
      if (row.immutable) immutable.add(row.name);
      if (!row.always) mutable.add(row.name);
      majorsOf.set(row.name, [...(majorsOf.get(row.name) ?? []), major]);
      if (row.volatile && !NON_VOLATILE_AS_WRITTEN.has(row.name)) volatile.add(row.name);
    }
    await client.end();
    await server.stop();
  }
  const stable = [...known].filter((name) => !volatile.has(name));
  const never = [...mutable].filter((name) => !immutable.has(name) && !volatile.has(name));
  const sometimes = [...mutable].filter((name) => immutable.has(name) && !volatile.has(name));
  writeFileSync(
    TARGET,
    source({
      volatile: [...volatile].sort(),
      stable: stable.sort(),
      never: never.sort(),
      sometimes: sometimes.sort(),
      lives: lifetimes(majorsOf),
    }),
  );
}

interface FunctionRow {
  readonly name: string;
  readonly volatile: boolean;
  /** Of one overload, and of all of them. */
  readonly immutable: boolean;
  readonly always: boolean;
}

type Lists = Readonly<Record<'volatile' | 'stable' | 'never' | 'sometimes' | 'lives', readonly string[]>>;

/** `name since until`, for functions that are not in every major; an open end is the first or last major measured. */
function lifetimes(majorsOf: ReadonlyMap<string, readonly number[]>): readonly string[] {
  return [...majorsOf]
    .filter(([, majors]) => majors.length < MAJORS.length)
    .map(([name, majors]) => `${name}:${majors[0]}-${majors.at(-1)}`)
    .sort();
}

function source({ volatile, stable, never, sometimes, lives }: Lists): string {
  return `// Written by \`npm run measure:functions\` from pg_proc of PostgreSQL ${MAJORS.join(', ')}; do not edit.

/** Built-in functions with an overload that is volatile: they answer anew for every row. */
export const VOLATILE_BUILT_INS: ReadonlySet<string> = new Set(
  \`${wrap(volatile)}\`.split(/\\s+/),
);

/** Built-in functions that are stable or immutable: evaluated once in an ADD COLUMN. */
export const STABLE_BUILT_INS: ReadonlySet<string> = new Set(
  \`${wrap(stable)}\`.split(/\\s+/),
);

/** Of those that are not volatile: functions without an immutable overload; no index is made of them. */
export const NEVER_IMMUTABLE_BUILT_INS: ReadonlySet<string> = new Set(
  \`${wrap(never)}\`.split(/\\s+/),
);

/** Of those that are not volatile: functions that are immutable for some types of arguments, and for others not. */
export const SOMETIMES_IMMUTABLE_BUILT_INS: ReadonlySet<string> = new Set(
  \`${wrap(sometimes)}\`.split(/\\s+/),
);

/** First and last of the majors above that have the function, for those that not all of them have. */
export const BUILT_IN_LIFETIMES: ReadonlyMap<string, readonly [since: number, until: number]> = new Map(
  \`${wrap(lives)}\`.split(/\\s+/).map((life) => {
    const [name = '', since, until] = life.split(/[:-]/);
    return [name, [Number(since), Number(until)]];
  }),
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
