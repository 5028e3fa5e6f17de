import type { Connection } from '../db/connection.ts';
import type { PoolerFinding } from '../model/pooler.ts';
import { quoteIdentifier } from '../sql/postgres/quote.ts';
import { boundedConnection } from './bounded-connection.ts';
import type { DoctorLimits } from './limits.ts';

/** What a new session of ours starts with, and who set it. */
export interface SubjectSetting {
  readonly value: string;
  readonly unit: string | null;
  /** As pg_settings has it: `default`, `configuration file`, `database`, `user`, `client`, ... */
  readonly source: string;
}

/** The server that the checks are asked about, as our role sees it. */
export interface Subject {
  /** Every query of it is a short read-only transaction. */
  readonly connection: Connection;
  /** Without bounds; only for a statement that the bounds would falsify. */
  readonly bare: Connection;
  /** Quoted, as are the names of role and database: for next commands. */
  readonly role: string;
  readonly database: string;
  readonly isSuperuser: boolean;
  /** Whether the role sees what sessions of others do. */
  readonly seesOthers: boolean;
  /** The text of `version()`. */
  readonly versionText: string;
  readonly settings: ReadonlyMap<string, SubjectSetting>;
  readonly pooler: PoolerFinding;
  readonly limits: DoctorLimits;
}

interface IdentityRow {
  readonly role: string;
  readonly database: string;
  readonly superuser: boolean;
  readonly sees: boolean;
  readonly version: string;
}

/** Asks who we are there, and what our sessions start with. */
export async function readSubject(bare: Connection, pooler: PoolerFinding, limits: DoctorLimits): Promise<Subject> {
  const [row] = await bare.query<IdentityRow>(
    `SELECT current_user::text AS role, current_database()::text AS database, r.rolsuper AS superuser,
       pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') AS sees, pg_catalog.version() AS version
     FROM pg_catalog.pg_roles r WHERE r.rolname = current_user`,
  );
  const settings = await bare.query<SubjectSetting & { readonly name: string }>(
    'SELECT name, coalesce(reset_val, setting) AS value, unit, source FROM pg_catalog.pg_settings',
  );
  return {
    connection: boundedConnection(bare),
    bare,
    role: quoteIdentifier(row?.role ?? ''),
    database: quoteIdentifier(row?.database ?? ''),
    isSuperuser: row?.superuser === true,
    seesOthers: row?.sees === true,
    versionText: row?.version ?? '',
    settings: new Map(settings.map(({ name, ...setting }) => [name, setting])),
    pooler,
    limits,
  };
}

/** A setting of whole numbers; `otherwise` where the server does not know it. */
export function numberSetting(subject: Subject, name: string, otherwise: number): number {
  const value = Number(subject.settings.get(name)?.value);
  return Number.isFinite(value) ? value : otherwise;
}
