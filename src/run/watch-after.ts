import type { Connection } from '../db/connection.ts';
import { pauseUntil } from '../guard/supervise.ts';
import type { Aftermath, Weather } from '../model/aftermath.ts';
import type { MigrationPlan } from '../model/plan.ts';
import type { RelationKey } from '../model/relation-name.ts';
import { concernsOf } from './judge-aftermath.ts';
import { rollbackShare, shareOfAll } from './judge-vitals.ts';
import type { RunLimits } from './limits.ts';
import { readTraces, type Traces } from './read-traces.ts';
import { readVitals, type Vitals } from './read-vitals.ts';

/** What was seen before anything was changed. */
export interface TimeBefore {
  readonly tables: readonly RelationKey[];
  readonly vitals: Vitals;
  readonly traces: Traces;
}

/** Looks around before the first step, for whoever compares afterwards. */
export async function lookBefore(
  connection: Connection,
  migrations: readonly MigrationPlan[],
  vitals: Vitals,
): Promise<TimeBefore> {
  const tables = [
    ...new Set(migrations.flatMap(({ steps }) => steps.flatMap(({ locks }) => locks.map(({ relation }) => relation)))),
  ];
  return { tables, vitals, traces: await readTraces(connection, tables, null) };
}

/**
 * Watches the database for a while after a run and compares. Its steps are done and in the ledger: nothing of this
 * changes what the run has come to.
 *
 * @param signal ends the watch at once.
 */
export async function watchAfter(
  connection: Connection,
  before: TimeBefore,
  limits: RunLimits['vitals'],
  watchMs: number,
  signal: AbortSignal,
): Promise<Omit<Aftermath, 'undo'>> {
  const startedAt = performance.now();
  const first = await readVitals(connection);
  const looks: Traces[] = [];
  for (;;) {
    const leftMs = watchMs - (performance.now() - startedAt);
    if (leftMs <= 0 || signal.aborted) break;
    await pauseUntil(Math.min(leftMs, limits.everyMs), signal);
    looks.push(await readTraces(connection, before.tables, before.traces.now));
  }
  const last = await readVitals(connection);
  const then = weatherBefore(before);
  const after = weatherAfter(first, last, looks, limits.fewestTransactions);
  return {
    watchedMs: Math.round(performance.now() - startedAt),
    before: then,
    deadlocksDuring: Math.max(0, first.deadlocks - before.vitals.deadlocks),
    after,
    concerns: concernsOf(then, after),
  };
}

function weatherBefore({ vitals, traces }: TimeBefore): Weather {
  const { lagMs, lagBytes } = vitals;
  const { waiting: waitingForLocks, slowest: slowestQueryMs, dead: deadRows } = traces;
  return {
    deadlocks: null,
    rollbackShare: shareOfAll(vitals),
    waitingForLocks,
    slowestQueryMs,
    lagMs,
    lagBytes,
    deadRows,
  };
}

function weatherAfter(first: Vitals, last: Vitals, looks: readonly Traces[], fewest: number): Weather {
  const { lagMs, lagBytes } = last;
  // The middle of what was seen: one bad moment is no weather.
  const waiting = looks.map((look) => look.waiting).sort((a, b) => a - b);
  const slowest = looks.flatMap((look) => look.slowest ?? []);
  return {
    deadlocks: Math.max(0, last.deadlocks - first.deadlocks),
    rollbackShare: rollbackShare(first, last, fewest),
    waitingForLocks: waiting[Math.floor(waiting.length / 2)] ?? 0,
    slowestQueryMs: slowest.length === 0 ? null : Math.max(...slowest),
    lagMs,
    lagBytes,
    deadRows: looks.at(-1)?.dead ?? 0,
  };
}

/** SQL that takes migrations back, the last step first; null when one of the steps loses something. */
export function undoOf(migrations: readonly MigrationPlan[]): readonly string[] | null {
  const undo: string[] = [];
  for (const step of migrations.flatMap(({ steps }) => steps).toReversed()) {
    if (step.kind === 'gate') continue;
    if (step.undo === null) return null;
    undo.push(...step.undo);
  }
  return undo;
}
