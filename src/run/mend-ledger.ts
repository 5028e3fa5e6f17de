import type { Connection } from '../db/connection.ts';
import type { DatabaseTarget } from '../db/database-target.ts';
import { type Failpoint, failpointFromEnvironment } from '../guard/failpoint.ts';
import { UsageError } from '../model/error.ts';
import type { MigrationPlan } from '../model/plan.ts';
import type { RunEvent } from '../model/run-event.ts';
import type { MigrationRecord } from '../model/run-record.ts';
import { type EventLog, makeEventLog } from './event-log.ts';
import { type Ledger, takeLedger } from './ledger.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { NO_EXPOSURE } from './next-step.ts';
import { openControl } from './open-control.ts';
import { makeRunId } from './open-run.ts';
import { type LedgerContents, readLedger } from './read-ledger.ts';
import { terminateOrphan } from './terminate-orphans.ts';

export interface MendOptions {
  readonly url: DatabaseTarget;
  /** The id of a migration that has begun. */
  readonly migration: string;
  /** What was typed; without a connection string. */
  readonly commandLine: string;
  readonly onEvent: (event: RunEvent) => void;
  readonly signal: AbortSignal;
  readonly failpoint?: Failpoint;
}

/** A migration that has begun and is not applied, with the hand of the one runner on its ledger. */
export interface Mending {
  readonly control: Connection;
  readonly ledger: Ledger;
  readonly contents: LedgerContents;
  readonly record: MigrationRecord;
  readonly plan: MigrationPlan;
  readonly failpoint: Failpoint;
}

/**
 * Lets a person's decision be written: as a run would, with the runner lock and a fence of its own, once the workers of
 * dead runners are ended. It waits for no other runner.
 *
 * @throws RunnerBusyError while another runner is at work; UsageError when the migration has not begun or is through;
 * LedgerMismatchError, PrivilegeError, ReadOnlyServerError, ConnectionError.
 */
export async function mendLedger<T>(options: MendOptions, work: (mending: Mending) => Promise<T>): Promise<T> {
  const events = makeEventLog(makeRunId(), options.onEvent);
  const failpoint = options.failpoint ?? failpointFromEnvironment(process.env);
  const { heartbeatEveryMs } = DEFAULT_LIMITS;
  const opening = { ...options, waitForRunnerMs: 0, heartbeatEveryMs, failpoint, events };
  return openControl(opening, async ({ control, builders }) => {
    for (const builder of builders) await terminateOrphan(control, builder, events.emit);
    const contents = await readLedger(control);
    const { record, plan } = begunMigration(contents, options.migration);
    const ledger = await takeLedger(control, events.run, options.commandLine);
    const answer = await work({ control, ledger, contents, record, plan, failpoint });
    await tellEnd(ledger, events);
    await control.close();
    return answer;
  });
}

function begunMigration(
  { migrations, abandoned, storedPlans }: LedgerContents,
  id: string,
): { readonly record: MigrationRecord; readonly plan: MigrationPlan } {
  const begun = migrations.filter(({ state }) => state !== 'applied');
  const record = begun.find((one) => one.id === id);
  const plan = storedPlans.find(({ migration }) => migration.id === id)?.migration;
  if (record !== undefined && plan !== undefined) return { record, plan };
  const why = migrations.some((one) => one.id === id)
    ? 'is applied already'
    : abandoned.some((one) => one.id === id)
      ? 'was given up already'
      : 'has not begun in this database';
  const known = begun.length === 0 ? 'nothing has begun' : `begun: ${begun.map((one) => one.id).join(', ')}`;
  throw new UsageError(`${id} ${why}; ${known}.`, { nextCommand: 'evenkeel status' });
}

/** Whoever watches the newest run sees that this one is over. */
async function tellEnd(ledger: Ledger, events: EventLog): Promise<void> {
  const ending = { outcome: 'completed', summary: 'The ledger was mended.', nextCommand: null } as const;
  await ledger.recordEnding({ migration: '-', step: '-', ordinal: 0 }, { ...ending, failure: null });
  events.emit({ type: 'run:end', ...ending, exposure: NO_EXPOSURE });
  await events.flush(ledger);
}
