import { type QueueBudget, type Supervision, supervised } from '../guard/supervise.ts';
import { compareLockModes } from '../model/lock-mode.ts';
import type { TransactionStep } from '../model/plan.ts';
import { STRIKE_DEADLOCK_TIMEOUT_MS } from './capabilities.ts';
import type { StepAddress } from './command.ts';
import type { LockTarget } from './lock-target.ts';
import { failureOf, rollBack } from './perform-sql.ts';
import type { RunInputDetail } from './state.ts';
import type { Workroom } from './workroom.ts';

/** A backend of ours that lies in an open transaction is dead weight: the server ends it after this long. */
const IDLE_IN_TRANSACTION_MS = 10_000;

export interface StrikeOrder {
  readonly step: TransactionStep;
  readonly address: StepAddress;
  readonly attempts: number;
  readonly lockTimeoutMs: number;
  readonly budget: QueueBudget | null;
  readonly targets: readonly LockTarget[];
}

/**
 * The whole transaction as one message: settings, ledger row, locks, statements, COMMIT. Once the first lock is
 * granted the server works through the rest without asking us again, so how busy this process is does not matter to
 * anybody who waits behind the lock. The ledger row comes first, to be no part of the time that the locks are held.
 */
export function strikeSql(
  order: StrikeOrder,
  how: { readonly setsDeadlockTimeout: boolean; readonly ledgerSql: string },
): { readonly work: string; readonly commit: string } {
  const { step, lockTimeoutMs } = order;
  const lines = [
    'BEGIN ISOLATION LEVEL READ COMMITTED',
    `SET LOCAL lock_timeout = ${lockTimeoutMs}`,
    `SET LOCAL statement_timeout = ${step.statementTimeoutMs ?? 0}`,
    `SET LOCAL idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`,
  ];
  if (how.setsDeadlockTimeout && step.lockClass !== 'rows') {
    lines.push(`SET LOCAL deadlock_timeout = ${STRIKE_DEADLOCK_TIMEOUT_MS}`);
  }
  lines.push(how.ledgerSql.trim().replace(/;$/, ''), ...locksSql(inTurn(order.targets, order.attempts)), ...step.sql);
  // The semicolon stands on a line of its own, in case a statement ends with a comment.
  return { work: `${lines.join('\n;\n')}\n;\n`, commit: 'COMMIT' };
}

/**
 * The application may take the tables of a foreign key in either order, and where it takes them against ours we run
 * into each other for ever: every second strike takes the trees the other way round. Another runner cannot come in
 * between, and within a tree parents stay first.
 */
function inTurn(targets: readonly LockTarget[], attempts: number): readonly LockTarget[] {
  if (attempts % 2 === 1) return targets;
  const trees = [...new Set(targets.map(({ tree }) => tree))].reverse();
  return trees.flatMap((tree) => targets.filter((target) => target.tree === tree));
}

/** Weaker locks are left to the statement: they stop no query, so their order does not matter either. */
function locksSql(targets: readonly LockTarget[]): readonly string[] {
  return targets
    .filter(({ lockable, mode }) => lockable && compareLockModes(mode, 'SHARE') >= 0)
    .map(({ relation, mode }) => `LOCK TABLE ONLY ${relation} IN ${mode} MODE`);
}

/** Strikes once. A failure has been rolled back when this returns. */
export async function strike(room: Workroom, order: StrikeOrder): Promise<RunInputDetail> {
  const { worker, control, ledger, capabilities, failpoint } = room;
  const { address, attempts } = order;
  const { setsDeadlockTimeout } = capabilities;
  const sql = strikeSql(order, { setsDeadlockTimeout, ledgerSql: ledger.stepDoneSql(address, attempts) });
  const beforeCommit = `${address.migration}/${address.step}/strike:before-commit`;
  const startedAt = performance.now();
  const { result, watched } = await supervised(control, supervision(room, order, startedAt), async () => {
    if (!failpoint.armed(beforeCommit)) return worker.execute(sql.work + sql.commit);
    await worker.execute(sql.work);
    failpoint.pass(beforeCommit);
    return worker.execute(sql.commit);
  });
  const elapsedMs = performance.now() - startedAt;
  if (result.status === 'fulfilled') {
    if (!failpoint.armed(beforeCommit)) failpoint.pass(beforeCommit);
    return { kind: 'struck', heldMs: Math.round(elapsedMs * 10) / 10, waiters: watched.maxWaiters };
  }
  const failure = failureOf(result.reason, elapsedMs, watched);
  await rollBack(worker);
  // A cancel may come too late to matter and still be answered: what is committed, the ledger row says.
  if (failure.sqlstate === '57014' && (await ledger.hasDone(address))) {
    return { kind: 'struck', heldMs: Math.round(elapsedMs * 10) / 10, waiters: watched.maxWaiters };
  }
  return { kind: 'sql-failed', failure };
}

function supervision(room: Workroom, order: StrikeOrder, startedAt: number): Supervision {
  const { step, address } = order;
  const { migration, step: id } = address;
  const scan = step.lockClass === 'scan';
  let toldAt = startedAt;
  return {
    pid: room.worker.pid,
    firstLookMs: scan ? 250 : 20,
    everyMs: scan ? 250 : 40,
    budget: order.budget,
    stop: scan ? room.signal : step.lockClass === 'rows' ? room.alarm : null,
    onLook: async () => {
      const now = performance.now();
      if (!scan || now - toldAt < room.limits.scanProgressEveryMs) return;
      toldAt = now;
      room.emit({ type: 'scan:progress', migration, step: id, elapsedMs: Math.round(now - startedAt) });
    },
  };
}
