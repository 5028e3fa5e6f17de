import type { Connection } from '../db/connection.ts';
import type { BackfillDefinition } from '../model/backfill.ts';
import { quoteIdentifier } from '../sql/postgres/quote.ts';
import type { WalkFacts } from './choose-walk.ts';

/** What the server knows about the order of the rows. Of a partitioned table the partitions are asked, the worst counts. */
export async function readWalkFacts(connection: Connection, definition: BackfillDefinition): Promise<WalkFacts> {
  const { table, keyColumns, remaining } = definition;
  const [row] = await connection.query<{ correlation: number | null; grows: boolean | null }>(
    `WITH RECURSIVE rel AS (
       SELECT $1::regclass::oid AS oid
       UNION ALL SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN rel ON i.inhparent = rel.oid)
     SELECT (SELECT min(abs(s.correlation))::float8 FROM rel JOIN pg_catalog.pg_class c ON c.oid = rel.oid AND c.relkind = 'r'
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_catalog.pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = $2) AS correlation,
       (SELECT t.typcategory IN ('N', 'D') FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
         WHERE a.attrelid = $1::regclass AND a.attname = $2) AS grows`,
    [table, keyColumns[0] ?? ''],
  );
  return {
    serverMajor: connection.serverMajor,
    keyColumns,
    keyGrows: row?.grows === true,
    correlation: row?.correlation ?? null,
    canTellDone: remaining !== null,
  };
}

/** The statement of a batch, without its range. */
export function changeSql(definition: BackfillDefinition, relation: string, condition: string): string {
  const { verb, assignments, where } = definition;
  const target = `${relation} AS ${quoteIdentifier(definition.alias)}`;
  const change = verb === 'delete' ? `DELETE FROM ${target}` : `UPDATE ${target} SET ${assignments}`;
  return `${change} WHERE ${condition} AND (${where})`;
}

interface PlanNode {
  readonly 'Plan Rows'?: number;
  readonly 'Parent Relationship'?: string;
  readonly Plans?: readonly PlanNode[];
}

/**
 * How many rows the server expects the statement to change; null when nothing was ever counted. It plans the statement
 * as a whole, so names, types and rights are checked on the way.
 *
 * @throws DatabaseError with what the server has against the statement.
 */
export async function estimateChanged(connection: Connection, definition: BackfillDefinition): Promise<number | null> {
  const [row] = await connection.query<{ 'QUERY PLAN': unknown }>(
    `EXPLAIN (FORMAT JSON) ${changeSql(definition, definition.table, 'true')}`,
  );
  const told = row?.['QUERY PLAN'];
  const [plan] = (typeof told === 'string' ? JSON.parse(told) : told) as readonly { readonly Plan: PlanNode }[];
  const [counted] = await connection.query<{ n: number }>(
    `WITH RECURSIVE rel AS (
       SELECT $1::regclass::oid AS oid
       UNION ALL SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN rel ON i.inhparent = rel.oid)
     SELECT count(*)::int AS n FROM rel JOIN pg_catalog.pg_class c ON c.oid = rel.oid WHERE c.relpages > 0`,
    [definition.table],
  );
  if ((counted?.n ?? 0) === 0) return null;
  const parts = (plan?.Plan.Plans ?? []).filter(
    (part) => part['Parent Relationship'] !== 'InitPlan' && part['Parent Relationship'] !== 'SubPlan',
  );
  return Math.round(parts.reduce((sum, part) => sum + (part['Plan Rows'] ?? 0), 0));
}
