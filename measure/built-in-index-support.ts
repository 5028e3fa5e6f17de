import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { startPostgresServer } from '../src/server/postgres-server.ts';

const MAJORS = [13, 14, 15, 16, 17, 18];
const TARGET = new URL('../src/facts/postgres/built-in-index-support.ts', import.meta.url);
const METHODS = ['btree', 'hash', 'gist', 'gin', 'brin', 'spgist'] as const;

const TYPES = `
  SELECT typname AS name FROM pg_type
   WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'r', 'm') AND typcategory <> 'A'
   ORDER BY typname COLLATE "C"`;

/** Beside the built-in types: what stands for all types of a kind. */
const KINDS = { anyenum: 'an_enum', anyarray: 'integer[]', record: 'a_pair' } as const;

/** Tries an index of each method on a column of each type, and writes down which types each method takes. */
async function main(): Promise<void> {
  const taken = new Map<string, number[]>();
  for (const major of MAJORS) {
    const server = await startPostgresServer({ major });
    const client = new pg.Client(server.url());
    await client.connect();
    await client.query("CREATE TYPE an_enum AS ENUM ('a'); CREATE TYPE a_pair AS (a integer)");
    const { rows } = await client.query<{ name: string }>(TYPES);
    const types = [...rows.map(({ name }) => [name, `pg_catalog."${name}"`]), ...Object.entries(KINDS)];
    for (const [name = '', type = ''] of types) {
      for (const method of METHODS) {
        if (!(await takes(client, method, type))) continue;
        const key = `${method} ${name}`;
        taken.set(key, [...(taken.get(key) ?? []), major]);
      }
    }
    await client.end();
    await server.stop();
  }
  writeFileSync(TARGET, source(taken));
}

async function takes(client: pg.Client, method: string, type: string): Promise<boolean> {
  await client.query('BEGIN');
  try {
    await client.query(`CREATE TABLE t (c ${type})`);
    await client.query(`CREATE INDEX ON t USING ${method} (c)`);
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError) return false;
    throw error;
  } finally {
    await client.query('ROLLBACK');
  }
}

function source(taken: ReadonlyMap<string, readonly number[]>): string {
  const lines = METHODS.map((method) => {
    const names = [...taken]
      .filter(([key]) => key.startsWith(`${method} `))
      .map(([key, majors]) => {
        const name = key.slice(method.length + 1);
        return majors.length === MAJORS.length ? name : `${name}:${majors[0]}-${majors.at(-1)}`;
      });
    return `  ${method}: \`${wrap(names)}\`,`;
  });
  return `// Written by \`npm run measure:functions\` from indexes on PostgreSQL ${MAJORS.join(', ')}; do not edit.

/**
 * By access method, the built-in types of which it makes an index without being told an operator class; \`:14-18\` after
 * those that not all majors take. anyenum, anyarray and record stand for all types of their kind.
 */
export const INDEXED_TYPES: Readonly<Record<string, string>> = {
${lines.join('\n')}
};
`;
}

function wrap(names: readonly string[]): string {
  const lines = [''];
  for (const name of names) {
    const line = lines[lines.length - 1] ?? '';
    if (line.length + name.length > 105) lines.push(name);
    else lines[lines.length - 1] = line === '' ? name : `${line} ${name}`;
  }
  return lines.join('\n');
}

await main();
