import type { Connection } from '../db/connection.ts';
import type { DatabaseTarget } from '../db/database-target.ts';
import { describeDatabase } from '../db/describe-database.ts';
import { detectPooler } from '../db/detect-pooler.ts';
import { connectPostgres } from '../db/postgres.ts';
import { diagnose } from '../doctor/diagnose.ts';
import { DEFAULT_DOCTOR_LIMITS, type DoctorLimits } from '../doctor/limits.ts';
import { readSubject, type Subject } from '../doctor/subject.ts';
import type { DoctorReport } from '../model/doctor-report.ts';

export interface DoctorOptions {
  readonly databaseUrl: DatabaseTarget;
  /** From where on something is worth a word; what is left out has its default. */
  readonly limits?: Partial<DoctorLimits>;
}

/**
 * Looks over a server before a migration: rights, settings, pooler, replication, who is in the way, what is left over.
 * Reads only, in short transactions of their own, takes no lock on a table of the user's, and sets nothing that outlives
 * such a transaction.
 *
 * @throws UsageError, ConnectionError, PrivilegeError when there is no session.
 * @example const { checks } = await examineServer({ databaseUrl });
 */
export async function examineServer(options: DoctorOptions): Promise<DoctorReport> {
  return withSubject(options, 'evenkeel:doctor', async (subject) => ({
    kind: 'doctor',
    version: 1,
    database: describeDatabase(options.databaseUrl),
    server: subject.versionText,
    role: subject.role,
    checks: await diagnose(subject),
  }));
}

/** Opens a session without settings of its own, and closes it again. */
export async function withSubject<Answer>(
  { databaseUrl, limits }: DoctorOptions,
  applicationName: string,
  work: (subject: Subject, bare: Connection) => Promise<Answer>,
): Promise<Answer> {
  const pooler = await detectPooler(databaseUrl);
  const bare = await connectPostgres(databaseUrl, { applicationName });
  try {
    return await work(await readSubject(bare, pooler, { ...DEFAULT_DOCTOR_LIMITS, ...limits }), bare);
  } finally {
    await bare.close();
  }
}
