import type { Connection } from '../db/connection.ts';
import type { BackfillStep } from '../model/plan.ts';
import type { WatchProgress } from '../model/watch-state.ts';
import type { RateMeter } from './rate-meter.ts';
import type { StepReading } from './read-run.ts';
import type { StepAtHand } from './step-at-hand.ts';

/** How far the step at hand is; null where the server tells nothing. */
export async function readProgress(
  connection: Connection,
  hand: StepAtHand,
  steps: readonly StepReading[],
  runPids: readonly number[],
  meter: RateMeter,
): Promise<WatchProgress | null> {
  const { step, migration } = hand;
  if (step.kind === 'concurrent-index') return indexProgress(connection, runPids, meter);
  if (step.kind !== 'backfill') return null;
  const reading = steps.find((one) => one.migration === migration && one.id === step.id);
  return reading === undefined ? null : backfillProgress(connection, step, reading, meter);
}

/** A walk over blocks knows its end; one along keys has only the estimate of the table's rows. */
async function backfillProgress(
  connection: Connection,
  step: BackfillStep,
  reading: StepReading,
  meter: RateMeter,
): Promise<WatchProgress> {
  const done = reading.rowsDone ?? 0;
  const pass = reading.cursor?.pass ?? 1;
  const doing = pass > 1 ? `changing rows of ${step.table}, pass ${pass}` : `changing rows of ${step.table}`;
  const { next, end } = reading.cursor ?? {};
  if (next !== undefined && end !== undefined) {
    const fraction = end === 0 ? null : Math.min(1, next / end);
    return {
      doing,
      unit: 'block',
      done: next,
      total: end,
      fraction,
      ...meter.pace(doing, next, end, performance.now()),
    };
  }
  const total = pass > 1 ? null : await estimatedRows(connection, step.table);
  const fraction = total === null || total === 0 ? null : Math.min(1, done / total);
  return { doing, unit: 'row', done, total, fraction, ...meter.pace(doing, done, total, performance.now()) };
}

/** By the statistics: counting would read the table. */
async function estimatedRows(connection: Connection, table: string): Promise<number | null> {
  const [row] = await connection.query<{ rows: number | null }>(
    `WITH RECURSIVE rel AS (
       SELECT pg_catalog.to_regclass($1)::oid AS oid
       UNION ALL SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN rel ON i.inhparent = rel.oid)
     SELECT sum(c.reltuples) FILTER (WHERE c.reltuples >= 0 AND c.relkind = 'r')::float8 AS rows
     FROM rel JOIN pg_catalog.pg_class c ON c.oid = rel.oid`,
    [table],
  );
  return row?.rows == null ? null : Math.round(row.rows);
}

interface IndexRow {
  readonly command: string;
  readonly phase: string;
  readonly blocks_done: string;
  readonly blocks_total: string;
  readonly tuples_done: string;
  readonly tuples_total: string;
}

/** Each phase counts anew, and nothing tells how the phases compare: what is left is that of the phase. */
async function indexProgress(
  connection: Connection,
  runPids: readonly number[],
  meter: RateMeter,
): Promise<WatchProgress | null> {
  const [row] = await connection.query<IndexRow>(
    `SELECT command, phase, blocks_done::text, blocks_total::text, tuples_done::text, tuples_total::text
     FROM pg_catalog.pg_stat_progress_create_index WHERE pid = ANY ($1::int[])`,
    [runPids],
  );
  if (row === undefined) return null;
  const blocks = Number(row.blocks_total);
  const tuples = Number(row.tuples_total);
  const unit = blocks > 0 ? 'block' : tuples > 0 ? 'row' : null;
  const doing = row.phase;
  if (unit === null) return { doing, unit, done: null, total: null, fraction: null, perSecond: null, leftMs: null };
  const [done, total] = unit === 'block' ? [Number(row.blocks_done), blocks] : [Number(row.tuples_done), tuples];
  const pace = meter.pace(`${row.command} ${doing} ${unit}`, done, total, performance.now());
  return { doing, unit, done, total, fraction: Math.min(1, done / total), ...pace };
}
