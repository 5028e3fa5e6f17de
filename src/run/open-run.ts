import { randomBytes } from 'node:crypto';
import type { Connection } from '../db/connection.ts';
import type { DatabaseTarget } from '../db/database-target.ts';
import { openSession } from '../db/open-session.ts';
import type { Failpoint } from '../guard/failpoint.ts';
import { UsageError } from '../model/error.ts';
import type { Plan } from '../model/plan.ts';
import { adoptBuilds } from './adopt-builds.ts';
import { type Capabilities, missingCapabilities, readCapabilities } from './capabilities.ts';
import type { EventLog } from './event-log.ts';
import { type Ledger, takeLedger } from './ledger.ts';
import type { RunLimits } from './limits.ts';
import type { NoticeTeller } from './note-notices.ts';
import { openControl, sessionSettings } from './open-control.ts';
import { assertFresh, assertMayChange } from './preflight.ts';
import { readLedger } from './read-ledger.ts';
import { type ReconciledPlan, reconcilePlan } from './reconcile-plan.ts';
import { type Orphan, WORKER_NAME_PREFIX } from './terminate-orphans.ts';
import { startVitalsMonitor, type VitalsMonitor } from './vitals-monitor.ts';

/** A run that may begin: we are the one runner, the plan fits, and both sessions stand. */
export interface OpenRun extends ReconciledPlan {
  readonly control: Connection;
  readonly worker: Connection;
  readonly ledger: Ledger;
  readonly capabilities: Capabilities;
  readonly vitals: VitalsMonitor;
}

export interface OpenOptions {
  readonly url: DatabaseTarget;
  readonly plan: Plan | null;
  readonly passGate: string | null;
  readonly commandLine: string;
  readonly fingerprintOf: ((connection: Connection) => Promise<string>) | null;
  readonly limits: RunLimits;
  readonly signal: AbortSignal;
  readonly failpoint: Failpoint;
  readonly events: EventLog;
}

const CONTROL_STATEMENT_TIMEOUT = '15s';

/** A short id that sorts by time: it is part of session names, which the server cuts at 63 bytes. */
export function makeRunId(): string {
  const now = new Date().toISOString().replace(/[-:]|\.\d+Z/g, '');
  return `${now}-${randomBytes(3).toString('hex')}`;
}

/**
 * Preflight, runner lock, ledger, orphans, plan: everything that has to be true before the first step.
 *
 * @throws ConnectionError, ReadOnlyServerError, PrivilegeError, RunnerBusyError, LedgerMismatchError, StalePlanError,
 * UsageError; each with the next command. Nothing of the plan has been done then.
 */
export async function openRun(options: OpenOptions): Promise<OpenRun> {
  const { waitForRunnerMs, heartbeatEveryMs } = options.limits;
  return openControl({ ...options, waitForRunnerMs, heartbeatEveryMs }, ({ control, builders, tell }) =>
    openUnderLock(options, control, builders, tell),
  );
}

async function openUnderLock(
  options: OpenOptions,
  control: Connection,
  builders: readonly Orphan[],
  tell: NoticeTeller,
): Promise<OpenRun> {
  const { plan, passGate, commandLine, fingerprintOf, failpoint, events } = options;
  // Read again now that nobody else can write: another runner may have done all of it meanwhile.
  const reconciled = reconcilePlan(plan, await readLedger(control));
  await adoptBuilds(control, builders, reconciled, events.emit);
  assertGateExists(reconciled, passGate, commandLine);
  const pending = reconciled.migrations.filter(({ id }) => reconciled.recalled[id]?.applied !== true);
  await assertMayChange(control, pending, commandLine);
  if (plan !== null && fingerprintOf !== null && !reconciled.begun && plan.migrations.length > 0) {
    assertFresh(plan, await fingerprintOf(control), commandLine);
  }
  const capabilities = await readCapabilities(control);
  for (const note of missingCapabilities(capabilities)) events.emit({ type: 'run:note', note });
  const ledger = await takeLedger(control, events.run, commandLine);
  if (plan !== null) await ledger.storePlans(plan, reconciled.fresh);
  failpoint.pass('-/-/after/plans');
  const vitals = await startVitalsMonitor(control, options.limits.vitals);
  const worker = await connectWorker(options, tell);
  // What control is asked from here on is short; a COMMIT that waits for a standby does not count.
  await control.execute(`SET statement_timeout = '${CONTROL_STATEMENT_TIMEOUT}'`);
  return { ...reconciled, control, worker, ledger, capabilities, vitals };
}

function assertGateExists(plan: ReconciledPlan, passGate: string | null, commandLine: string): void {
  if (passGate === null) return;
  const gates = plan.migrations.flatMap(({ id, steps }) =>
    steps.filter(({ kind }) => kind === 'gate').map((step) => `${id}:${step.id}`),
  );
  if (gates.includes(passGate)) return;
  const known = gates.length === 0 ? 'the plan has none' : `the plan has ${gates.join(', ')}`;
  throw new UsageError(`There is no gate ${passGate}; ${known}.`, { nextCommand: commandLine });
}

async function connectWorker(options: OpenOptions, tell: NoticeTeller): Promise<Connection> {
  const worker = await openSession(options.url, {
    applicationName: `${WORKER_NAME_PREFIX}${options.events.run}`,
    settings: sessionSettings(),
    onNotice: (notice) => tell(notice, 'worker'),
  });
  if (worker.serverMajor < 14) return worker;
  // Not every platform has it; the run is as right without.
  const name = 'client_connection_check_interval';
  await worker.query('SELECT pg_catalog.set_config($1, $2, false)', [name, '1s']).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    options.events.emit({ type: 'run:note', note: `The server does not let us set ${name}: ${reason}.` });
  });
  return worker;
}
