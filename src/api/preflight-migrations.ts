import { catalogFingerprint } from '../catalog/catalog-fingerprint.ts';
import { readCatalogWithoutWaiting } from '../catalog/read-catalog-without-waiting.ts';
import type { Connection } from '../db/connection.ts';
import type { DatabaseTarget } from '../db/database-target.ts';
import { describeDatabase } from '../db/describe-database.ts';
import { blockerReason } from '../doctor/blocker-reason.ts';
import { diagnose } from '../doctor/diagnose.ts';
import { judgeSteps, worstVerdict } from '../doctor/judge-steps.ts';
import type { DoctorLimits } from '../doctor/limits.ts';
import type { Subject } from '../doctor/subject.ts';
import type { Catalog } from '../model/catalog.ts';
import {
  DatabaseError,
  type EvenkeelError,
  LedgerMismatchError,
  PrivilegeError,
  StalePlanError,
  UnplannableError,
} from '../model/error.ts';
import type { Plan } from '../model/plan.ts';
import type { PreflightReason, PreflightReport } from '../model/preflight-report.ts';
import { judgeHolders } from '../run/judge-holders.ts';
import { lookAtHolders } from '../run/observe-holders.ts';
import { assertFresh } from '../run/preflight.ts';
import { readLedger } from '../run/read-ledger.ts';
import { reconcilePlan } from '../run/reconcile-plan.ts';
import { findRunner } from '../run/runner-lock.ts';
import { type KnownMigrations, readKnownMigrations } from '../source/read-migrations.ts';
import { loadParser } from '../sql/postgres/load-parser.ts';
import { withSubject } from './examine-server.ts';
import { nextWork } from './next-work.ts';
import { planCommand, readSavedPlan } from './read-saved-plan.ts';

export interface PreflightOptions {
  /** A folder or file of migrations, or a saved plan (`evenkeel plan --format json`). */
  readonly path: string;
  readonly databaseUrl: DatabaseTarget;
  /** `<migration>:<step>` of one gate to look past, or null. */
  readonly pastGate?: string | null;
  /** From where on a transaction counts as old; what is left out has its default. */
  readonly limits?: Partial<DoctorLimits>;
}

/** What the doctor looks at that a run could not go on with. */
const DECISIVE: ReadonlySet<string> = new Set([
  'server.product',
  'server.version',
  'server.writable',
  'server.pooler',
  'rights.ledger',
  'runs.ledger',
  'runs.orphans',
  'transactions.wraparound',
  'replication.synchronous',
  'resources.connections',
  'settings.session_replication_role',
  'settings.idle_session_timeout',
]);

type Outlook = Pick<PreflightReport, 'steps' | 'gate' | 'reasons'>;

const NOTHING: Outlook = { steps: [], gate: null, reasons: [] };

/**
 * Whether `apply` could begin right now: plans what is pending as it does, and looks at what each step until the next
 * gate would meet. Writes nothing, not even the ledger, and takes no lock on the tables of the steps.
 *
 * @throws SourceError, SqlSyntaxError, UsageError, ConnectionError.
 * @example const { verdict } = await preflightMigrations({ path: 'drizzle', databaseUrl });
 */
export async function preflightMigrations(options: PreflightOptions): Promise<PreflightReport> {
  await loadParser();
  const isPlan = options.path.endsWith('.json');
  const given = isPlan ? await readSavedPlan(options.path) : await readKnownMigrations([options.path]);
  return withSubject(options, 'evenkeel:preflight', async (subject, bare) => {
    const checks = (await diagnose(subject, (id) => DECISIVE.has(id))).filter(({ status }) => status === 'fail');
    const isUsable = ['none', 'session'].includes(subject.pooler.mode);
    const runner = isUsable ? await runnerReasons(subject) : [];
    const outlook = isUsable ? await lookAhead(options, subject, bare, given) : NOTHING;
    const reasons = [...runner, ...outlook.reasons];
    const verdict = worstVerdict([
      ...checks.map(() => 'refused' as const),
      ...reasons.map((reason) => reason.verdict),
      ...outlook.steps.map((step) => step.verdict),
    ]);
    const report = { ...outlook, verdict, reasons, checks };
    const database = describeDatabase(options.databaseUrl);
    return { kind: 'preflight', version: 1, database, ...report, nextCommand: nextCommand(options.path, report) };
  });
}

async function runnerReasons({ connection }: Subject): Promise<readonly PreflightReason[]> {
  const runner = await findRunner(connection);
  if (runner === null) return [];
  const sentence = `Another run is under way: pid ${runner.pid} (${runner.applicationName ?? 'its name is hidden'}).`;
  return [{ verdict: 'wait', sentence, blocker: null, nextCommand: 'evenkeel status <folder>' }];
}

/** The plan, and its steps; what speaks against planning is a reason of its own. */
async function lookAhead(
  options: PreflightOptions,
  subject: Subject,
  bare: Connection,
  given: Plan | KnownMigrations,
): Promise<Outlook> {
  let catalog: Catalog | null = null;
  const readCatalog = async (connection: Connection): Promise<Catalog> => {
    catalog = await readCatalogWithoutWaiting(connection);
    return catalog;
  };
  try {
    // The session is ours alone: no pooler hands it to anybody else with these.
    await bare.query(`SELECT pg_catalog.set_config('default_transaction_read_only', 'on', false),
      pg_catalog.set_config('statement_timeout', '30s', false), pg_catalog.set_config('lock_timeout', '100ms', false)`);
    const pastGate = options.pastGate ?? null;
    const work =
      'fingerprint' in given
        ? { plan: given, passGate: pastGate }
        : await nextWork(bare, { path: options.path, pastGate, readCatalog }, given);
    const reconciled = reconcilePlan(work.plan, await readLedger(bare));
    if ('fingerprint' in given && !reconciled.begun && given.migrations.length > 0) {
      const command = planCommand(['<folder>'], options.path);
      assertFresh(given, catalogFingerprint(await readCatalog(bare)), command);
    }
    return { ...(await judgeSteps(subject, reconciled, work.passGate)), reasons: [] };
  } catch (error) {
    return { ...NOTHING, reasons: await refusal(subject, error, catalog) };
  }
}

/** A plan that cannot be made because somebody has a table locked can be made later; the rest a person has to mend. */
async function refusal(subject: Subject, error: unknown, catalog: Catalog | null): Promise<readonly PreflightReason[]> {
  const isLocked = error instanceof DatabaseError && ['55P03', '57014'].includes(error.sqlstate ?? '');
  const isRefused =
    error instanceof UnplannableError ||
    error instanceof StalePlanError ||
    error instanceof LedgerMismatchError ||
    error instanceof PrivilegeError;
  if (!isLocked && !isRefused) throw error;
  const unseen = Object.entries(catalog?.relations ?? {}).flatMap(([key, relation]) =>
    relation.kind !== 'sequence' && relation.notSeen !== undefined && isAbout(error, key) ? [key] : [],
  );
  const isSeen = !isLocked && unseen.length === 0;
  if (isSeen || error instanceof LedgerMismatchError || error instanceof PrivilegeError) {
    const { message, nextCommand } = error as EvenkeelError;
    return [{ verdict: 'refused', sentence: message, blocker: null, nextCommand }];
  }
  const holders = await whoHolds(subject, unseen);
  if (holders.length > 0) return holders;
  const sentence = `What is there cannot be read now: ${(error as EvenkeelError).message}.`;
  return [{ verdict: 'wait', sentence, blocker: null, nextCommand: 'run the same command again in a moment' }];
}

/** A plan is refused for the one table that its message names; everything else may be for any. */
function isAbout(error: unknown, relation: string): boolean {
  return !(error instanceof UnplannableError) || error.message.includes(`(${relation})`);
}

async function whoHolds(subject: Subject, relations: readonly string[]): Promise<readonly PreflightReason[]> {
  const { connection } = subject;
  const locks = relations.map((relation) => ({ relation, mode: 'ACCESS EXCLUSIVE' as const }));
  const { holders } = await lookAtHolders(connection, locks, [connection.pid]);
  const now = { sightings: new Map<string, number>(), lookingSince: 0, at: 0 };
  const { blockers } = judgeHolders(holders, now, { oldMs: -1, autovacuumYields: false });
  return blockers.map((blocker) => blockerReason(subject, blocker, 'lock'));
}

function nextCommand(
  path: string,
  { verdict, checks, reasons, steps, gate }: Pick<PreflightReport, 'verdict' | 'checks' | 'reasons' | 'steps' | 'gate'>,
): string | null {
  if (verdict === 'wait') return `evenkeel preflight ${path} -- again, once the way is clear`;
  if (verdict === 'refused') {
    const refused = [...reasons, ...steps.flatMap((step) => step.reasons)].filter((one) => one.verdict === 'refused');
    return [...checks, ...refused].find((one) => one.nextCommand !== null)?.nextCommand ?? null;
  }
  if (steps.length > 0) return `evenkeel apply ${path}`;
  return gate === null ? null : `evenkeel apply ${path} --past-gate ${gate.migration}:${gate.step}`;
}
