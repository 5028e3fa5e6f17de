import { groupedNumber } from '../../model/grouped-number.ts';
import { nothingThere, type Signal } from './signal.ts';

interface DeadRow {
  readonly dead: number | null;
  /** How many dead rows call autovacuum; null where it never comes. */
  readonly trigger: number | null;
}

/** So many times the dead rows that call autovacuum: then it does not keep up. */
const TRIGGERS = 2;
/** Autovacuum looks once a minute: what a small table collects until then is no harm. */
const LEAST_ROWS = 500_000;

/** Dead rows of the table, against what calls autovacuum. Without autovacuum nobody would come, so it holds nothing. */
export const deadRows: Signal = {
  name: 'dead-rows',
  // Hangs on the table: computed below.
  usualLimit: 0,
  async read(connection, { table }, limit) {
    const [row] = await connection.query<DeadRow>(DEAD_SQL, [table]);
    if (row?.trigger == null) return nothingThere(`autovacuum is off for ${table}: vacuum it yourself afterwards`);
    const most = limit === 0 ? Math.max(LEAST_ROWS, Math.round(row.trigger * TRIGGERS)) : limit;
    const dead = row.dead ?? 0;
    const sentence = `${table} has ${groupedNumber(dead)} dead rows that autovacuum has not removed yet, the limit is ${groupedNumber(most)}`;
    return { value: dead, limit: most, level: dead > most ? 'hold' : 'fine', sentence };
  },
};

const DEAD_SQL = `
WITH RECURSIVE rel AS (
  SELECT $1::regclass::oid AS oid
  UNION ALL SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN rel ON i.inhparent = rel.oid),
leaf AS (
  SELECT c.oid, greatest(c.reltuples, 0) AS rows, (SELECT jsonb_object_agg(o.option_name, o.option_value)
    FROM pg_catalog.pg_options_to_table(c.reloptions) o) AS own
  FROM rel JOIN pg_catalog.pg_class c ON c.oid = rel.oid WHERE c.relkind = 'r')
SELECT sum(s.n_dead_tup)::float8 AS dead,
  sum(CASE WHEN current_setting('autovacuum') = 'on' AND coalesce(leaf.own->>'autovacuum_enabled', 'true') NOT IN ('false', 'off', '0', 'no')
    THEN least(
      coalesce(leaf.own->>'autovacuum_vacuum_threshold', current_setting('autovacuum_vacuum_threshold'))::float8
        + coalesce(leaf.own->>'autovacuum_vacuum_scale_factor', current_setting('autovacuum_vacuum_scale_factor'))::float8 * leaf.rows,
      nullif(coalesce(leaf.own->>'autovacuum_vacuum_max_threshold', current_setting('autovacuum_vacuum_max_threshold', true))::float8, -1))
    END)::float8 AS trigger
FROM leaf LEFT JOIN pg_catalog.pg_stat_user_tables s ON s.relid = leaf.oid`;
