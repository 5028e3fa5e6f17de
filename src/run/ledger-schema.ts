import type { Connection } from '../db/connection.ts';
import { LedgerMismatchError } from '../model/error.ts';
import { FENCED_SQLSTATE } from './failure.ts';

/** Raised with every change of the tables below. */
export const LEDGER_VERSION = 1;

/**
 * The ledger lives in the target database: only there can a statement and the memory of it commit together. It knows
 * no foreign keys and no triggers, so that the row a strike writes costs next to nothing.
 *
 * The fence is a unique key on purpose: taking over (a key update) waits for transactions that hold the row by
 * FOR KEY SHARE, a heartbeat (no key update) does not.
 */
const LEDGER_SQL = `
BEGIN;
CREATE SCHEMA IF NOT EXISTS evenkeel;
CREATE TABLE IF NOT EXISTS evenkeel.ledger (version int NOT NULL);
CREATE TABLE IF NOT EXISTS evenkeel.runner (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  fence bigint NOT NULL UNIQUE,
  run text NOT NULL,
  pid int NOT NULL,
  started_at timestamptz NOT NULL,
  heartbeat_at timestamptz NOT NULL
);
CREATE TABLE IF NOT EXISTS evenkeel.run (
  id text PRIMARY KEY,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  outcome text,
  summary text
);
CREATE TABLE IF NOT EXISTS evenkeel.migration (
  id text PRIMARY KEY,
  place bigint GENERATED ALWAYS AS IDENTITY,
  path text NOT NULL,
  checksum text NOT NULL,
  state text NOT NULL,
  plan jsonb NOT NULL,
  run text NOT NULL,
  applied_at timestamptz
);
CREATE TABLE IF NOT EXISTS evenkeel.step (
  migration text NOT NULL,
  id text NOT NULL,
  ordinal int NOT NULL,
  state text NOT NULL,
  attempts int NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  sqlstate text,
  message text,
  rows_done bigint,
  cursor jsonb,
  PRIMARY KEY (migration, id)
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS evenkeel.event (
  run text NOT NULL,
  seq bigint NOT NULL,
  at timestamptz NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (run, seq)
);
CREATE OR REPLACE FUNCTION evenkeel.require_fence(expected bigint) RETURNS boolean LANGUAGE plpgsql AS $body$
BEGIN
  PERFORM 1 FROM evenkeel.runner WHERE fence = expected FOR KEY SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'another runner took over this database' USING ERRCODE = '${FENCED_SQLSTATE}';
  END IF;
  RETURN true;
END
$body$;
INSERT INTO evenkeel.ledger (version) SELECT ${LEDGER_VERSION} WHERE NOT EXISTS (SELECT FROM evenkeel.ledger);
COMMIT;
`;

/** Whether the target database has a ledger, without touching it. */
export async function ledgerExists(connection: Connection): Promise<boolean> {
  const [row] = await connection.query<{ there: boolean }>(
    // to_regclass() would raise an error for a role that may not use the schema.
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'evenkeel' AND c.relname = 'ledger') AS there`,
  );
  return row?.there === true;
}

/**
 * Makes the ledger where there is none. The caller holds the runner lock, so nobody else makes it at the same time.
 *
 * @throws LedgerMismatchError when a newer Evenkeel wrote it.
 */
export async function ensureLedger(connection: Connection): Promise<void> {
  if (!(await ledgerExists(connection))) {
    await connection.execute(LEDGER_SQL);
    return;
  }
  const [row] = await connection.query<{ version: number }>('SELECT max(version) AS version FROM evenkeel.ledger');
  const version = row?.version ?? 0;
  if (version === LEDGER_VERSION) return;
  throw new LedgerMismatchError(
    `The ledger in schema evenkeel has version ${version}; this Evenkeel writes version ${LEDGER_VERSION}.`,
    { nextCommand: 'npm install evenkeel@latest' },
  );
}
