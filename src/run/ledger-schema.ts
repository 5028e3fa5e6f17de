import type { Connection } from '../db/connection.ts';
import { DatabaseError, LedgerMismatchError, PrivilegeError } from '../model/error.ts';
import { FENCED_SQLSTATE } from './failure.ts';

/** Raised with every change of the tables below. */
export const LEDGER_VERSION = 2;

/**
 * The ledger lives in the target database: only there can a statement and the memory of it commit together. It knows
 * no foreign keys and no triggers, so that the row a strike writes costs next to nothing.
 *
 * The fence is a unique key on purpose: taking over (a key update) waits for transactions that hold the row by
 * FOR KEY SHARE, a heartbeat (no key update) does not.
 */
const FIRST_TABLES = `
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
INSERT INTO evenkeel.ledger (version) SELECT 1 WHERE NOT EXISTS (SELECT FROM evenkeel.ledger);
`;

/** What leads from one version to the next; a new ledger takes the same way. Older rows stay as they are. */
const UPGRADES: Readonly<Record<number, string>> = {
  1: `
ALTER TABLE evenkeel.run ADD COLUMN IF NOT EXISTS command_line text;
CREATE TABLE IF NOT EXISTS evenkeel.audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  role text NOT NULL DEFAULT session_user,
  run text NOT NULL,
  migration text NOT NULL,
  step text,
  action text NOT NULL,
  reason text,
  probe text
);
UPDATE evenkeel.ledger SET version = 2;
`,
};

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
 * Makes the ledger where there is none, and brings one of an older Evenkeel up to date. The caller holds the runner lock,
 * so nobody else does it at the same time.
 *
 * @throws LedgerMismatchError when a newer Evenkeel wrote it; PrivilegeError when only its owner can bring it up to date.
 */
export async function ensureLedger(connection: Connection, commandLine: string): Promise<void> {
  if (!(await ledgerExists(connection))) {
    await connection.execute(`BEGIN;\n${FIRST_TABLES}${upgradesFrom(1)}COMMIT;`);
    return;
  }
  const version = await assertNotNewer(connection);
  if (version === LEDGER_VERSION) return;
  try {
    await connection.execute(`BEGIN;\n${upgradesFrom(version)}COMMIT;`);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    await connection.execute('ROLLBACK');
    throw await notUpgraded(connection, version, commandLine, error);
  }
}

function upgradesFrom(version: number): string {
  return Object.entries(UPGRADES)
    .filter(([from]) => Number(from) >= version)
    .map(([, sql]) => sql)
    .join('');
}

async function notUpgraded(
  connection: Connection,
  version: number,
  commandLine: string,
  cause: DatabaseError,
): Promise<Error> {
  if (cause.sqlstate !== '42501') return cause;
  const [row] = await connection.query<{ owner: string }>(
    `SELECT pg_catalog.pg_get_userbyid(relowner)::text AS owner FROM pg_catalog.pg_class
     WHERE oid = 'evenkeel.run'::regclass`,
  );
  return new PrivilegeError(
    `The ledger in schema evenkeel is of an older Evenkeel (version ${version}; this one writes ${LEDGER_VERSION}), and only its owner can bring it up to date.`,
    { cause, nextCommand: `once as ${row?.owner ?? 'its owner'}: ${commandLine}` },
  );
}

/**
 * The version of a ledger that is there.
 *
 * @throws LedgerMismatchError when this Evenkeel does not know it: a newer one wrote it, or it has lost its version.
 */
export async function assertNotNewer(connection: Connection): Promise<number> {
  const [row] = await connection.query<{ version: number | null }>(
    'SELECT max(version) AS version FROM evenkeel.ledger',
  );
  const version = row?.version ?? null;
  if (version === null || version < 1) {
    const said = version === null ? 'no version' : `version ${version}, which never was`;
    throw new LedgerMismatchError(`The ledger in schema evenkeel has ${said}.`, {
      nextCommand: 'bring its row back from a backup, then run the same command again',
    });
  }
  if (version <= LEDGER_VERSION) return version;
  throw new LedgerMismatchError(
    `The ledger in schema evenkeel has version ${version}, written by a newer Evenkeel; this one knows versions up to ${LEDGER_VERSION}.`,
    { nextCommand: 'npm install evenkeel@latest, then run the same command again' },
  );
}
