import { catalogFingerprint } from '../../src/catalog/catalog-fingerprint.ts';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import type { Connection } from '../../src/db/connection.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import type { Phase, Plan } from '../../src/model/plan.ts';
import { plan } from '../../src/pipeline/plan.ts';
import { lineDifferences, readCatalogLines } from '../../src/prove/catalog-lines.ts';
import { runPlan } from '../../src/run/run-plan.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import type { RecipeCase } from './recipe-cases.ts';
import { WorldWriters } from './world-writers.ts';

/** Sessions of each version of the application. */
const SESSIONS = 4;

export interface WorldsInput {
  readonly major: number;
  readonly naiveUrl: string;
  readonly safeUrl: string;
  readonly one: RecipeCase;
  /** Statements of both versions together, before it is enough. */
  readonly statements: number;
}

export interface WorldsProof {
  readonly statements: number;
  readonly failures: readonly string[];
}

/**
 * Runs the plan of a case guarded while both versions of the application write, and holds the rows against a database in
 * which the same statements ran one after the other around the naive migration: no error, no write lost, same schema.
 */
export async function proveWorlds(input: WorldsInput): Promise<WorldsProof> {
  const { one, naiveUrl, safeUrl, statements } = input;
  const safe = await connect(safeUrl);
  const naive = await connect(naiveUrl);
  try {
    await safe.execute(one.setup);
    const planned = await planOf(input, safe);
    const hasGate = planned.migrations.some(({ steps }) => steps.some((step) => step.kind === 'gate'));
    const old = await WorldWriters.start(safeUrl, one.old, SESSIONS);
    const failures: string[] = await runTo(hasGate ? 'migrate' : 'contract', planned, safeUrl);
    await old.until(statements / 4);
    const recent = await WorldWriters.start(safeUrl, one.new, SESSIONS);
    await old.until(statements / 2);
    await recent.until(statements / 4);
    const before = await old.stop();
    if (hasGate) failures.push(...(await runTo('contract', planned, safeUrl)));
    await recent.until(statements - old.count);
    const after = await recent.stop();
    failures.push(...before.failures, ...after.failures);
    await replay(naive, one, before.done, after.done);
    failures.push(...lineDifferences(await readCatalogLines(naive), await readCatalogLines(safe)));
    failures.push(...lineDifferences(await sumsOf(naive, one), await sumsOf(safe, one)));
    return { statements: old.count + recent.count, failures };
  } finally {
    await safe.close();
    await naive.close();
  }
}

function connect(url: string): Promise<Connection> {
  return connectPostgres(url, { applicationName: 'prove', settings: { client_min_messages: 'error' } });
}

async function planOf({ one, major }: WorldsInput, connection: Connection): Promise<Plan> {
  const migration = {
    id: 'case',
    path: 'case.sql',
    sql: one.sql,
    checksum: 'x',
    format: 'sql',
    transaction: 'statement',
    foreignLedgerRow: null,
  } as const;
  const version = { engine: 'postgresql', major } as const;
  const migrations = [{ migration, statements: parseStatements(one.sql, 'case.sql') }];
  const catalog = await readCatalog(connection);
  return plan({ migrations, catalog, catalogIsComplete: true, version, timeZone: 'UTC' }).plan;
}

/** Answers what went wrong, or nothing. */
async function runTo(through: Phase, planned: Plan, url: string): Promise<string[]> {
  const wanted = through === 'contract' ? 'completed' : 'gated';
  const { outcome, summary } = await runPlan({
    url,
    plan: planned,
    through,
    passGate: null,
    commandLine: 'evenkeel apply case.sql',
    onEvent: () => undefined,
    fingerprintOf: async (connection) => catalogFingerprint(await readCatalog(connection)),
  });
  return outcome === wanted ? [] : [`the run through ${through} ended ${outcome}: ${summary}`];
}

/** The same statements, as often as they went through, one after the other. */
async function replay(
  connection: Connection,
  one: RecipeCase,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Promise<void> {
  await connection.execute(one.setup);
  for (const [sql, times] of before) await connection.execute(repeated(sql, times));
  await connection.execute(one.sql);
  for (const [sql, times] of after) await connection.execute(repeated(sql, times));
}

function repeated(sql: string, times: number): string {
  return `DO $repeated$ DECLARE done int := 0; BEGIN
    WHILE done < ${times} LOOP
      BEGIN
        EXECUTE $statement$${sql}$statement$;
        done := done + 1;
      EXCEPTION WHEN unique_violation THEN NULL;
      END;
    END LOOP; END $repeated$`;
}

/** Where values hang on who comes first, or on chance, rows are counted and no more. */
const BY_CHANCE = /random\(|max\(/i;

const COLUMNS = `SELECT c.oid::regclass::text AS name, a.attname AS column,
    a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype) AND a.attnum > 0 AS number
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relkind = 'r' AND c.relnamespace::regnamespace::text NOT LIKE 'pg\\_%'
    AND c.relnamespace::regnamespace::text NOT IN ('information_schema', 'evenkeel')
  ORDER BY 1, 2`;

/** How many values every column has, and what its numbers add up to, keys that the server gives apart. */
async function sumsOf(connection: Connection, one: RecipeCase): Promise<ReadonlyMap<string, string>> {
  const isByChance = BY_CHANCE.test([...one.old, ...one.new, one.sql].join());
  const columns = await connection.query<{ name: string; column: string; number: boolean }>(COLUMNS);
  const sums = new Map<string, string>();
  for (const { name, column, number } of columns) {
    const quoted = `"${column.replaceAll('"', '""')}"`;
    const sum = number && !/^id$|_id$/i.test(column) ? `sum(${quoted})::text` : "''";
    const values = isByChance ? '' : `, ', ', count(${quoted}), ' values, ', ${sum}`;
    const [row] = await connection.query<{ text: string }>(
      `SELECT concat(count(*), ' rows'${values}) AS text FROM ONLY ${name}`,
    );
    sums.set(`${name}.${column}`, row?.text ?? '');
  }
  return sums;
}
