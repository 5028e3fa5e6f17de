import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../db/connection.ts';
import { LedgerMismatchError, PrivilegeError } from '../model/error.ts';

/** Raised with every change of the tables below. */
const BACKFILL_VERSION = 1;

/** Raised by evenkeel.require_range() when the range is not as the worker left it. */
export const RANGE_LOST_SQLSTATE = 'EK002';

/** `EVKL`; 1 is the runner's lock. */
const LOCK_CLASS = 0x45564b4c;
const SCHEMA_LOCK = 2;
const TRY_EVERY_MS = 50;

/**
 * The books of backfills lie in the target database: only there can rows and cursor commit together. Ranges are written
 * once a batch, so their pages keep room for the next version of a row.
 *
 * The trigger writes down every change of state or settings, psql's as well.
 */
const BACKFILL_SQL = `
BEGIN;
CREATE SCHEMA IF NOT EXISTS evenkeel;
CREATE TABLE IF NOT EXISTS evenkeel.backfill (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  version int NOT NULL DEFAULT ${BACKFILL_VERSION},
  statement text NOT NULL,
  statement_hash text NOT NULL,
  is_current boolean NOT NULL DEFAULT true,
  definition jsonb NOT NULL,
  walk jsonb NOT NULL,
  state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'paused', 'cancelled', 'finished', 'failed')),
  settings jsonb NOT NULL CHECK (jsonb_typeof(settings) = 'object'),
  pass int NOT NULL DEFAULT 1,
  rows_estimate bigint,
  rows_put_aside int NOT NULL DEFAULT 0,
  held_by text,
  message text,
  verification jsonb,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX IF NOT EXISTS backfill_current ON evenkeel.backfill (statement_hash) WHERE is_current;
CREATE TABLE IF NOT EXISTS evenkeel.backfill_range (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  backfill int NOT NULL,
  relation text NOT NULL,
  pass int NOT NULL,
  cursor jsonb NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'void')),
  extent float8 NOT NULL,
  walked float8 NOT NULL DEFAULT 0,
  rows_done bigint NOT NULL DEFAULT 0,
  batches int NOT NULL DEFAULT 0,
  size int NOT NULL,
  tries int NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
CREATE INDEX IF NOT EXISTS backfill_range_backfill ON evenkeel.backfill_range (backfill);
CREATE TABLE IF NOT EXISTS evenkeel.backfill_row (
  backfill int NOT NULL,
  relation text NOT NULL,
  key jsonb NOT NULL,
  sqlstate text NOT NULL,
  message text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (backfill, relation, key)
);
CREATE TABLE IF NOT EXISTS evenkeel.backfill_check (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  backfill int NOT NULL,
  relation text NOT NULL,
  cursor jsonb NOT NULL,
  rows_left bigint
);
CREATE TABLE IF NOT EXISTS evenkeel.backfill_audit (
  backfill int NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  by text NOT NULL DEFAULT session_user,
  program text NOT NULL DEFAULT current_setting('application_name'),
  action text NOT NULL,
  detail text NOT NULL DEFAULT ''
);
CREATE OR REPLACE FUNCTION evenkeel.require_range(moved bigint, changed bigint) RETURNS bigint LANGUAGE plpgsql AS $body$
BEGIN
  IF moved <> 1 THEN
    RAISE EXCEPTION 'another worker has moved this range' USING ERRCODE = '${RANGE_LOST_SQLSTATE}';
  END IF;
  RETURN changed;
END
$body$;
CREATE OR REPLACE FUNCTION evenkeel.audit_backfill() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO evenkeel.backfill_audit (backfill, action, detail) VALUES (NEW.id, 'created', NEW.statement);
    RETURN NULL;
  END IF;
  IF NEW.state <> OLD.state THEN
    INSERT INTO evenkeel.backfill_audit (backfill, action, detail)
    VALUES (NEW.id, NEW.state, CASE WHEN NEW.state = 'failed' THEN coalesce(NEW.message, '') ELSE 'was ' || OLD.state END);
  END IF;
  IF NEW.settings <> OLD.settings THEN
    INSERT INTO evenkeel.backfill_audit (backfill, action, detail) VALUES (NEW.id, 'retuned',
      (SELECT coalesce(string_agg(n.key || ' ' || coalesce(o.value::text, 'unset') || ' -> ' || n.value, ', '), '')
       FROM jsonb_each(NEW.settings) n LEFT JOIN jsonb_each(OLD.settings) o USING (key) WHERE n.value IS DISTINCT FROM o.value));
  END IF;
  RETURN NULL;
END
$body$;
DROP TRIGGER IF EXISTS backfill_audit ON evenkeel.backfill;
CREATE TRIGGER backfill_audit AFTER INSERT OR UPDATE ON evenkeel.backfill
  FOR EACH ROW EXECUTE FUNCTION evenkeel.audit_backfill();
COMMIT;
`;

/** Whether the target database has books of backfills, without touching them. */
export async function backfillBooksExist(connection: Connection): Promise<boolean> {
  const [row] = await connection.query<{ there: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'evenkeel' AND c.relname = 'backfill' AND t.tgname = 'backfill_audit') AS there`,
  );
  return row?.there === true;
}

/**
 * Makes the books where there are none; of several processes that come at the same time one does.
 *
 * @throws LedgerMismatchError when a newer Evenkeel wrote them; PrivilegeError when the role may not make them.
 */
export async function ensureBackfillBooks(connection: Connection): Promise<void> {
  if (!(await backfillBooksExist(connection))) await makeBooks(connection);
  const [row] = await connection.query<{ version: number | null }>(
    'SELECT max(version) AS version FROM evenkeel.backfill',
  );
  const version = row?.version ?? BACKFILL_VERSION;
  if (version <= BACKFILL_VERSION) return;
  throw new LedgerMismatchError(
    `The books of backfills in schema evenkeel have version ${version}; this Evenkeel writes version ${BACKFILL_VERSION}.`,
    { nextCommand: 'npm install evenkeel@latest' },
  );
}

/** It only tries: a session blocked inside pg_advisory_lock() would hold up index builds. */
async function makeBooks(connection: Connection): Promise<void> {
  const [right] = await connection.query<{ creates: boolean; role: string }>(
    `SELECT pg_catalog.has_database_privilege(current_database(), 'CREATE')
       OR EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'evenkeel' AND pg_catalog.has_schema_privilege(oid, 'CREATE'))
       AS creates, current_user::text AS role`,
  );
  if (right?.creates !== true) {
    throw new PrivilegeError(`Role ${right?.role} may not create the schema evenkeel for the books of the backfill.`, {
      nextCommand: `GRANT CREATE ON DATABASE <database> TO ${right?.role}, then run the same command again`,
    });
  }
  for (;;) {
    const [row] = await connection.query<{ taken: boolean }>(
      'SELECT pg_catalog.pg_try_advisory_lock($1, $2) AS taken',
      [LOCK_CLASS, SCHEMA_LOCK],
    );
    if (row?.taken === true) break;
    await sleep(TRY_EVERY_MS);
  }
  try {
    if (!(await backfillBooksExist(connection))) await connection.execute(BACKFILL_SQL);
  } finally {
    await connection.query('SELECT pg_catalog.pg_advisory_unlock($1, $2)', [LOCK_CLASS, SCHEMA_LOCK]);
  }
}
