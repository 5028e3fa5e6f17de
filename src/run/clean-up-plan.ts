import type { Connection } from '../db/connection.ts';
import type { ConcurrentIndexStep, MigrationPlan, Step, TransactionStep } from '../model/plan.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import type { MigrationRecord } from '../model/run-record.ts';
import { parseStatements } from '../sql/postgres/parse-statements.ts';
import { quoteIdentifier, quoteLiteral } from '../sql/postgres/quote.ts';
import { cleanUpId } from './clean-up-id.ts';
import { inspectIndex } from './inspect-index.ts';

/** What is to be cleared away behind a migration that is given up. */
export interface CleanUp {
  readonly plan: MigrationPlan;
  /** What goes, in whole sentences. */
  readonly sentences: readonly string[];
  /** Statements of the plan's undo that are not needed any more. */
  readonly takenAlong: ReadonlySet<string>;
}

/** Triggers that only a plan makes bear this name. */
const SYNC_TRIGGER = /^zzz_evenkeel_/;
const LOCK_TIMEOUT_MS = 100;
const STATEMENT_TIMEOUT_MS = 5_000;
const INDEX_LOCK_TIMEOUT_MS = 2_000;

/**
 * What a plan has left behind that is of no use to anybody without it: triggers that keep two columns in step, with their
 * functions, and index builds that broke off. Made from what is there now, so that it can be made again after a kill.
 *
 * Once a gate is passed, a version of the application may rely on its trigger: then the triggers stay.
 */
export async function cleanUpPlan(
  connection: Connection,
  plan: MigrationPlan,
  record: MigrationRecord,
): Promise<CleanUp> {
  const begun = plan.steps.filter(({ id }) => record.steps.some((step) => step.id === id));
  const isGatePassed = record.steps.some(({ state }) => state === 'passed');
  const parts: Part[] = [];
  for (const step of begun) {
    if (step.kind === 'concurrent-index') parts.push(...(await brokenBuilds(connection, step)));
    if (step.kind === 'transaction' && !isGatePassed) parts.push(...(await syncTriggers(connection, step)));
  }
  const steps = parts.map(({ make }, index) => make(`abandon-${String(index + 1).padStart(2, '0')}`));
  return {
    plan: { id: cleanUpId(plan.id), path: plan.path, checksum: plan.checksum, foreignLedgerRow: null, steps },
    sentences: parts.map(({ sentence }) => sentence),
    takenAlong: new Set(parts.flatMap(({ undo }) => undo)),
  };
}

interface Part {
  readonly sentence: string;
  readonly undo: readonly string[];
  make(id: string): Step;
}

async function brokenBuilds(connection: Connection, step: ConcurrentIndexStep): Promise<readonly Part[]> {
  const { condition, leftovers } = await inspectIndex(connection, step, connection.pid);
  const broken = [...(step.verb === 'create' && condition === 'invalid' ? [step.index] : []), ...leftovers];
  return broken.map((index) => ({
    sentence: `The index ${index} on ${step.table}, whose build broke off.`,
    undo: [],
    make: (id) => dropIndexStep(id, index, step),
  }));
}

function dropIndexStep(
  id: string,
  index: RelationKey,
  { table, line, locks }: ConcurrentIndexStep,
): ConcurrentIndexStep {
  return {
    kind: 'concurrent-index',
    id,
    phase: 'expand',
    why: 'Its build broke off: nothing uses it, and every write pays for it.',
    line,
    verb: 'drop',
    sql: `DROP INDEX CONCURRENTLY IF EXISTS ${index}`,
    table,
    index,
    locks,
    lockTimeoutMs: INDEX_LOCK_TIMEOUT_MS,
    statementTimeoutMs: null,
    undo: null,
    postCondition: {
      sentence: `${index} is gone`,
      sql: `SELECT pg_catalog.to_regclass(${quoteLiteral(index)}) IS NULL AS holds`,
    },
  };
}

interface FoundTrigger {
  readonly table: RelationKey;
  readonly function: RelationKey;
}

async function syncTriggers(connection: Connection, step: TransactionStep): Promise<readonly Part[]> {
  const parts: Part[] = [];
  for (const { action } of step.sql.flatMap((sql) => parseStatements(sql, 'plan'))) {
    if (action.kind !== 'create-trigger' || !SYNC_TRIGGER.test(action.name)) continue;
    const { name } = action;
    const given = relationKey({ schema: action.table.schema ?? 'public', name: action.table.name });
    const [found] = await connection.query<FoundTrigger>(
      `SELECT pg_catalog.format('%I.%I', tn.nspname, c.relname) AS "table",
         pg_catalog.format('%I.%I', fn.nspname, p.proname) AS "function"
       FROM pg_catalog.pg_trigger t
       JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace tn ON tn.oid = c.relnamespace
       JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid JOIN pg_catalog.pg_namespace fn ON fn.oid = p.pronamespace
       WHERE t.tgrelid = pg_catalog.to_regclass($1) AND t.tgname = $2`,
      [given, name],
    );
    if (found !== undefined) parts.push(triggerPart(name, found, step));
  }
  return parts;
}

function triggerPart(name: string, found: FoundTrigger, step: TransactionStep): Part {
  const trigger = quoteIdentifier(name);
  return {
    sentence: `The trigger ${name} of ${found.table} and its function ${found.function}(), which kept columns in step.`,
    undo: [`DROP TRIGGER ${trigger} ON ${found.table}`, `DROP FUNCTION ${found.function}()`],
    make: (id) => ({
      kind: 'transaction',
      id,
      phase: 'expand',
      why: 'Without the rest of the migration nothing needs it, and every write pays for it.',
      line: step.line,
      sql: [`DROP TRIGGER IF EXISTS ${trigger} ON ${found.table}`, `DROP FUNCTION IF EXISTS ${found.function}()`],
      locks: [{ relation: found.table, mode: 'ACCESS EXCLUSIVE' }],
      lockClass: 'brief',
      lockTimeoutMs: LOCK_TIMEOUT_MS,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      undo: null,
      postCondition: {
        sentence: `the trigger ${name} of ${found.table} is gone`,
        sql: `SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = pg_catalog.to_regclass(${quoteLiteral(found.table)}) AND tgname = ${quoteLiteral(name)}) AS holds`,
      },
    }),
  };
}
