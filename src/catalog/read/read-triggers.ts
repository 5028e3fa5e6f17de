import type { Connection } from '../../db/connection.ts';
import type { Trigger, TriggerEvent } from '../../model/catalog.ts';
import { relationKey } from '../../model/relation-name.ts';
import { IS_USER_SCHEMA } from './user-objects.ts';

export interface TriggerRow {
  readonly relation: string;
  readonly name: string;
  readonly functionSchema: string;
  readonly functionName: string;
  readonly forEachRow: boolean;
  /** Bits; see `EVENTS`. */
  readonly type: number;
  /** JSON: names of the columns of UPDATE OF and of WHEN. */
  readonly columns: string;
}

/** The triggers that somebody wrote and their copies on partitions; not those that carry out constraints. */
export function readTriggers(connection: Connection): Promise<readonly TriggerRow[]> {
  return connection.query<TriggerRow>(`SELECT g.tgrelid::text AS relation, g.tgname AS name,
      fn.nspname AS "functionSchema", f.proname AS "functionName", g.tgtype & 1 = 1 AS "forEachRow", g.tgtype::int AS type,
      coalesce((SELECT json_agg(DISTINCT a.attname)
        FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_trigger'::regclass AND d.objid = g.oid AND d.refclassid = 'pg_class'::regclass
          AND d.refobjid = g.tgrelid AND d.refobjsubid > 0), '[]')::text AS columns
    FROM pg_trigger g
    JOIN pg_class c ON c.oid = g.tgrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_proc f ON f.oid = g.tgfoid
    JOIN pg_namespace fn ON fn.oid = f.pronamespace
    LEFT JOIN pg_constraint k ON k.oid = g.tgconstraint
    WHERE c.relkind IN ('r', 'p') AND ${IS_USER_SCHEMA} AND (k.oid IS NULL OR k.contype = 't')
    ORDER BY g.tgrelid, g.tgname COLLATE "C"`);
}

/** The bits of pg_trigger.tgtype (TRIGGER_TYPE_INSERT and its like in the server's pg_trigger.h). */
const EVENTS: readonly (readonly [TriggerEvent, number])[] = [
  ['insert', 4],
  ['delete', 8],
  ['update', 16],
  ['truncate', 32],
];

export function triggerOfRow(row: TriggerRow): Trigger {
  const { functionSchema: schema, functionName: name } = row;
  return {
    name: row.name,
    columns: [...(JSON.parse(row.columns) as readonly string[])].sort(),
    function: schema === 'pg_catalog' ? name : relationKey({ schema, name }),
    ...(row.forEachRow ? { forEachRow: true } : {}),
    events: EVENTS.flatMap(([event, bit]) => ((row.type & bit) === 0 ? [] : [event])),
  };
}

export interface PolicyRow {
  readonly relation: string;
  readonly name: string;
}

export function readPolicies(connection: Connection): Promise<readonly PolicyRow[]> {
  return connection.query<PolicyRow>(`SELECT polrelid::text AS relation, polname AS name
    FROM pg_policy ORDER BY polrelid, polname COLLATE "C"`);
}
