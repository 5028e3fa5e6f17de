import type { LockMode } from '../../src/model/lock-mode.ts';
import type { ForeignLedgerRow } from '../../src/model/migration.ts';
import type {
  BackfillStep,
  ConcurrentIndexStep,
  GateStep,
  MigrationPlan,
  Phase,
  Plan,
  Step,
  TransactionStep,
} from '../../src/model/plan.ts';

/** `public.orders ACCESS EXCLUSIVE` as a lock. */
function locks(texts: readonly string[]): { relation: string; mode: LockMode }[] {
  return texts.map((text) => {
    const at = text.indexOf(' ');
    return { relation: text.slice(0, at), mode: text.slice(at + 1) as LockMode };
  });
}

const BASE = { phase: 'expand' as Phase, why: 'because the test wants it', line: 1 };

export function transactionStep(
  id: string,
  sql: string | readonly string[],
  options: Omit<Partial<TransactionStep>, 'locks' | 'postCondition'> & {
    readonly locks?: readonly string[];
    readonly condition?: string;
  } = {},
): TransactionStep {
  const { locks: lockTexts, condition, ...rest } = options;
  return {
    ...BASE,
    kind: 'transaction',
    id,
    sql: typeof sql === 'string' ? [sql] : sql,
    lockClass: lockTexts === undefined ? 'fresh' : 'brief',
    lockTimeoutMs: 100,
    statementTimeoutMs: 5_000,
    undo: null,
    ...rest,
    locks: locks(lockTexts ?? []),
    postCondition: { sentence: `${id} is done`, sql: condition ?? null },
  };
}

export function indexStep(
  id: string,
  sql: string,
  options: { table?: string; index?: string; verb?: ConcurrentIndexStep['verb']; condition?: string } = {},
): ConcurrentIndexStep {
  const table = options.table ?? 'public.orders';
  return {
    ...BASE,
    kind: 'concurrent-index',
    id,
    verb: options.verb ?? 'create',
    sql,
    table,
    index: options.index ?? 'public.orders_note_idx',
    locks: locks([`${table} SHARE UPDATE EXCLUSIVE`]),
    lockTimeoutMs: 100,
    statementTimeoutMs: null,
    undo: null,
    postCondition: { sentence: `${id} is done`, sql: options.condition ?? null },
  };
}

export function backfillStep(
  id: string,
  options: Partial<BackfillStep> & { condition?: string | null } = {},
): BackfillStep {
  const { condition, ...rest } = options;
  return {
    ...BASE,
    phase: 'migrate',
    kind: 'backfill',
    id,
    table: 'public.orders',
    assignments: 'changed = changed + 1, todo = false',
    where: 'todo',
    keyColumns: ['id'],
    batchRows: 500,
    locks: locks(['public.orders ROW EXCLUSIVE']),
    lockTimeoutMs: 200,
    statementTimeoutMs: 5_000,
    undo: null,
    ...rest,
    postCondition: {
      sentence: 'no row is left',
      sql: condition === undefined ? 'SELECT NOT EXISTS (SELECT FROM orders WHERE todo)' : condition,
    },
  };
}

export function gateStep(id: string, phase: Phase = 'contract'): GateStep {
  return { ...BASE, kind: 'gate', id, phase, deploy: 'Deploy the new version.', undo: null, locks: [] };
}

export function migration(
  id: string,
  steps: readonly Step[],
  foreignLedgerRow: ForeignLedgerRow | null = null,
): MigrationPlan {
  return { id, path: `migrations/${id}.sql`, checksum: `sum-of-${id}`, foreignLedgerRow, steps };
}

export function plan(...migrations: readonly MigrationPlan[]): Plan {
  return { version: 1, engine: 'postgresql', serverMajor: 18, fingerprint: 'f', migrations };
}
