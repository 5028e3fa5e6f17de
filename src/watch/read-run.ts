import type { Connection } from '../db/connection.ts';
import type { MigrationPlan } from '../model/plan.ts';
import type { RunEvent, RunOutcome } from '../model/run-event.ts';
import { findRunner } from '../run/runner-lock.ts';

/** What the ledger says of a run right now. */
export interface RunReading {
  readonly run: string;
  /** ISO 8601, time of the database. */
  readonly at: string;
  readonly startedAt: string;
  readonly elapsedMs: number;
  readonly outcome: RunOutcome | null;
  readonly summary: string | null;
  /** What was typed to start it; null where the ledger is of an older Evenkeel. */
  readonly commandLine: string | null;
  /** The claim of the last runner of this database. */
  readonly claim: { readonly run: string; readonly pid: number; readonly silentMs: number } | null;
  /** Who holds the runner lock, or null. */
  readonly holderPid: number | null;
  readonly plans: readonly MigrationPlan[];
  readonly steps: readonly StepReading[];
  readonly newEvents: readonly RunEvent[];
}

export interface StepReading {
  readonly migration: string;
  readonly id: string;
  readonly state: 'intent' | 'done' | 'failed' | 'passed';
  readonly attempts: number;
  readonly rowsDone: number | null;
  /** Of a backfill by blocks or keys; see `PassCursor`. */
  readonly cursor: {
    readonly kind: string;
    readonly pass: number;
    readonly next?: number;
    readonly end?: number;
  } | null;
}

/** What is read once and kept. */
export interface RunMemory {
  readonly plans: Map<string, MigrationPlan>;
  /** Of the last event that was read. */
  lastSeq: number;
}

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;
const MOST_EVENTS = 5_000;

interface RunRow {
  readonly id: string;
  readonly at: string;
  readonly started_at: string;
  readonly elapsed_ms: number;
  readonly outcome: RunOutcome | null;
  readonly summary: string | null;
  readonly command_line: string | null;
}

/** The ids of the last runs, the newest first. */
export async function lastRuns(connection: Connection, count: number): Promise<readonly string[]> {
  const rows = await connection.query<{ id: string }>(
    'SELECT id FROM evenkeel.run ORDER BY started_at DESC, id DESC LIMIT $1',
    [count],
  );
  return rows.map(({ id }) => id);
}

/** Reads what is new of a run. The run must be there. */
export async function readRun(connection: Connection, run: string, memory: RunMemory): Promise<RunReading | null> {
  const [row] = await connection.query<RunRow>(
    `SELECT id, outcome, summary, pg_catalog.to_jsonb(r) ->> 'command_line' AS command_line,
       pg_catalog.to_char(pg_catalog.clock_timestamp() AT TIME ZONE 'UTC', ${ISO}) AS at,
       pg_catalog.to_char(started_at AT TIME ZONE 'UTC', ${ISO}) AS started_at,
       (extract(epoch FROM coalesce(finished_at, pg_catalog.clock_timestamp()) - started_at) * 1000)::float8 AS elapsed_ms
     FROM evenkeel.run r WHERE id = $1`,
    [run],
  );
  if (row === undefined) return null;
  const [claim] = await connection.query<{ run: string; pid: number; silent_ms: number }>(
    `SELECT run, pid, (extract(epoch FROM pg_catalog.clock_timestamp() - heartbeat_at) * 1000)::float8 AS silent_ms
     FROM evenkeel.runner`,
  );
  const holder = row.outcome === null ? await findRunner(connection) : null;
  const newEvents = await readEvents(connection, run, memory);
  await learnPlans(connection, run, newEvents, memory);
  return {
    run: row.id,
    at: row.at,
    startedAt: row.started_at,
    elapsedMs: row.elapsed_ms,
    outcome: row.outcome,
    summary: row.summary,
    commandLine: row.command_line,
    claim: claim === undefined ? null : { run: claim.run, pid: claim.pid, silentMs: claim.silent_ms },
    holderPid: holder?.pid ?? null,
    plans: [...memory.plans.values()],
    steps: await readSteps(connection, [...memory.plans.keys()]),
    newEvents,
  };
}

async function readEvents(connection: Connection, run: string, memory: RunMemory): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for (;;) {
    const rows = await connection.query<{ seq: string; at: string; body: string }>(
      `SELECT seq::text AS seq, pg_catalog.to_char(at AT TIME ZONE 'UTC', ${ISO}) AS at, body::text AS body
       FROM evenkeel.event e WHERE run = $1 AND e.seq > $2 ORDER BY e.seq LIMIT ${MOST_EVENTS}`,
      [run, memory.lastSeq],
    );
    for (const { seq, at, body } of rows) {
      events.push({ seq: Number(seq), at, run, ...JSON.parse(body) } as RunEvent);
    }
    memory.lastSeq = events.at(-1)?.seq ?? memory.lastSeq;
    if (rows.length < MOST_EVENTS) return events;
  }
}

/** The plans of the migrations that the run began or is about to begin; a plan may be large, so each is read once. */
async function learnPlans(
  connection: Connection,
  run: string,
  newEvents: readonly RunEvent[],
  memory: RunMemory,
): Promise<void> {
  const begun = newEvents.flatMap((event) => (event.type === 'migration:start' ? [event.migration] : []));
  const rows = await connection.query<{ plan: string }>(
    `SELECT plan::text AS plan FROM evenkeel.migration
     WHERE (run = $1 OR id = ANY ($2::text[])) AND id <> ALL ($3::text[]) ORDER BY place`,
    [run, begun, [...memory.plans.keys()]],
  );
  for (const { plan } of rows) {
    const { migration } = JSON.parse(plan) as { readonly migration: MigrationPlan };
    memory.plans.set(migration.id, migration);
  }
}

async function readSteps(connection: Connection, migrations: readonly string[]): Promise<readonly StepReading[]> {
  const rows = await connection.query<
    Pick<StepReading, 'migration' | 'id' | 'state' | 'attempts'> & { rows_done: string | null; cursor: string | null }
  >(
    `SELECT migration, id, state, attempts, rows_done::text AS rows_done, cursor::text AS cursor
     FROM evenkeel.step WHERE migration = ANY ($1::text[]) ORDER BY migration, ordinal`,
    [migrations],
  );
  return rows.map(({ migration, id, state, attempts, rows_done: rowsDone, cursor }) => ({
    migration,
    id,
    state,
    attempts,
    rowsDone: rowsDone === null ? null : Number(rowsDone),
    cursor: cursor === null ? null : (JSON.parse(cursor) as StepReading['cursor']),
  }));
}
