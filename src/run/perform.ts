import type { Connection } from '../db/connection.ts';
import { pauseUntil } from '../guard/supervise.ts';
import { InvariantError, RunnerBusyError } from '../model/error.ts';
import type { RelationLock } from '../model/facts.ts';
import type { MigrationPlan, TransactionStep } from '../model/plan.ts';
import { cancelIndex, probeLock, type RunningStatement, startBuild, startDrop, watchIndex } from './build-index.ts';
import { STRIKE_DEADLOCK_TIMEOUT_MS } from './capabilities.ts';
import type { Command, CommandKind } from './command.ts';
import { beginPass, copyRows } from './copy-rows.ts';
import { endBlocker } from './end-blocker.ts';
import { inspectIndex } from './inspect-index.ts';
import { judgeHolders, type Sightings } from './judge-holders.ts';
import type { LockTarget } from './lock-target.ts';
import { lookAtHolders } from './observe-holders.ts';
import { failureOf, isConnectionLost, setTimeouts } from './perform-sql.ts';
import { sampleTraffic, scansPerSecond, type TrafficSample } from './sample-traffic.ts';
import type { RunInputDetail } from './state.ts';
import { strike } from './strike.ts';
import { terminateOrphan } from './terminate-orphans.ts';
import { refusedBy, underWatch, waitForCalm } from './under-watch.ts';
import type { Workroom } from './workroom.ts';

/** Post-conditions read the catalog; one that waits this long for a lock is asked again later. */
const CONDITION_LOCK_TIMEOUT_MS = 5_000;

/** Carries out what the state machine answers. Each command brings exactly one input, a failure included. */
export interface Performer {
  perform(command: Command): Promise<RunInputDetail>;
}

/** What the last looks at the holders of the step under way left behind. */
interface Looking {
  readonly key: string;
  readonly since: number;
  readonly sightings: Sightings;
  readonly targets: readonly LockTarget[];
  /** The first and the latest count of what the tables are asked. */
  readonly traffic: { readonly first: TrafficSample; readonly last: TrafficSample } | null;
}

const NO_LOOK: Looking = { key: '', since: 0, sightings: new Map(), targets: [], traffic: null };

export function makePerformer(room: Workroom, migrations: readonly MigrationPlan[]): Performer {
  const memory: Memory = { looking: NO_LOOK, running: null };
  return {
    perform: async (command) => {
      const { migration, step } = command.address;
      // A statement that goes on is one place to die before and one after, however often it is looked at.
      const goesOn = command.kind === 'watch-index' || command.kind === 'cancel-index';
      const kind = goesOn ? (memory.running?.command ?? command.kind) : command.kind;
      if (!goesOn) room.failpoint.pass(`${migration}/${step}/before/${kind}`);
      const input = await carryOut(room, migrations, memory, command);
      if (input.kind !== 'index-watched') room.failpoint.pass(`${migration}/${step}/after/${kind}`);
      return input;
    },
  };
}

interface Memory {
  looking: Looking;
  /** The statement about an index that the worker is at, or was last. */
  running: RunningStatement | null;
}

async function carryOut(
  room: Workroom,
  migrations: readonly MigrationPlan[],
  memory: Memory,
  command: Command,
): Promise<RunInputDetail> {
  const startedAt = performance.now();
  try {
    return await dispatch(room, migrations, memory, command);
  } catch (error) {
    if (isConnectionLost(error)) return { kind: 'connection-lost', message: error.message };
    return { kind: 'sql-failed', failure: failureOf(error, performance.now() - startedAt) };
  }
}

type Handlers = {
  readonly [Kind in CommandKind]: (
    command: Extract<Command, { readonly kind: Kind }>,
    room: Workroom,
    memory: Memory,
    migrations: readonly MigrationPlan[],
  ) => Promise<RunInputDetail>;
};

const HANDLERS: Handlers = {
  'announce-migration': (command, { ledger }) => recorded(ledger.announceMigration(command.address.migration)),
  'probe-condition': (command, room) => askCondition(room, command.sql),
  observe: look,
  'probe-lock': (command, room, { looking }) => probeLock(room, command.lockTimeoutMs, looking.targets),
  strike: (command, room, memory) => {
    // Only a step that was just looked at has targets; others leave their locks to the statement.
    const { address } = command;
    const targets = memory.looking.key === lookKey(command) ? memory.looking.targets : [];
    const order = { ...command, address, targets };
    return lasts(command.step) ? underWatch(room, (watched) => strike(watched, order)) : strike(room, order);
  },
  wait: ({ ms }, room) => waitFor(room, ms),
  'wait-for-calm': async ({ ms, address }, room) => {
    const { calm } = await waitForCalm(room, ms);
    const { migration, step } = address;
    if (calm) room.emit({ type: 'alarm:cleared', migration, step });
    return room.signal.aborted ? { kind: 'stop-requested' } : { kind: 'waited' };
  },
  'end-blocker': async ({ pid, backendStart, action }, { control }) => ({
    kind: 'blocker-signalled',
    sent: await endBlocker(control, { pid, backendStart }, action),
  }),
  'inspect-index': async ({ step }, { control, worker }) => ({
    kind: 'index-inspected',
    ...(await inspectIndex(control, step, worker.pid)),
  }),
  'record-intent': ({ address, attempts }, { ledger }) => recorded(ledger.recordIntent(address, attempts)),
  'build-index': async ({ step }, room, memory) => {
    const alarm = await room.vitals.look();
    if (alarm !== null) return refusedBy(alarm);
    memory.running = await startBuild(room, step);
    return watchIndex(room, memory.running);
  },
  'drop-index': async ({ index, step }, room, memory) => {
    memory.running = await startDrop(room, index, step);
    return watchIndex(room, memory.running);
  },
  'watch-index': ({ afterMs }, room, { running }) => watchIndex(room, underWay(running), afterMs),
  'cancel-index': ({ why }, room, { running }) => cancelIndex(room, underWay(running), why),
  'end-orphan': async ({ pid, backendStart }, { control, emit }) => {
    // One that does not go in time is found building again, and waited for.
    await terminateOrphan(control, { pid, started: backendStart, query: null }, emit).catch((error: unknown) => {
      if (!(error instanceof RunnerBusyError)) throw error;
    });
    return { kind: 'orphan-ended' };
  },
  'start-pass': (command, room) => beginPass(room, command.step, command.address, command),
  'copy-batch': async (command, room) => {
    const waited = await waitFor(room, command.afterMs);
    if (waited.kind !== 'waited') return waited;
    const alarm = await room.vitals.look();
    return alarm === null ? copyRows(room, command.step, command.address, command) : refusedBy(alarm);
  },
  'record-step': ({ address, state, attempts, message }, { ledger }) =>
    recorded(ledger.recordStep(address, state, attempts, message)),
  'finish-migration': async ({ address }, { ledger }, _memory, migrations) => {
    const migration = migrations.find(({ id }) => id === address.migration);
    return recorded(migration === undefined ? Promise.resolve() : ledger.finishMigration(migration));
  },
  'record-ending': ({ address, ending }, { ledger }) => recorded(ledger.recordEnding(address, ending)),
  'carry-on': () => Promise.resolve({ kind: 'waited' }),
  none: () => Promise.resolve({ kind: 'waited' }),
};

function dispatch(
  room: Workroom,
  migrations: readonly MigrationPlan[],
  memory: Memory,
  command: Command,
): Promise<RunInputDetail> {
  const handler = HANDLERS[command.kind] as (
    command: Command,
    room: Workroom,
    memory: Memory,
    migrations: readonly MigrationPlan[],
  ) => Promise<RunInputDetail>;
  return handler(command, room, memory, migrations);
}

function underWay(running: RunningStatement | null): RunningStatement {
  if (running !== null) return running;
  throw new InvariantError('A statement about an index was to be watched, but none is under way.', {
    nextCommand: 'run the same command again, and report this sentence as a fault of Evenkeel',
  });
}

async function recorded(writing: Promise<void>): Promise<RunInputDetail> {
  await writing;
  return { kind: 'recorded' };
}

/** Whether a transaction may take long: it reads a table, or changes rows of the user's own. */
function lasts({ lockClass }: TransactionStep): boolean {
  return lockClass === 'scan' || lockClass === 'rows';
}

/** Sleeps, never inside a transaction; a request to stop ends the sleep. */
async function waitFor(room: Workroom, ms: number): Promise<RunInputDetail> {
  if (ms > 0) await pauseUntil(ms, room.signal);
  return room.signal.aborted && ms > 0 ? { kind: 'stop-requested' } : { kind: 'waited' };
}

async function askCondition(room: Workroom, sql: string): Promise<RunInputDetail> {
  await setTimeouts(room.worker, { lockTimeoutMs: CONDITION_LOCK_TIMEOUT_MS, statementTimeoutMs: 0 });
  const [row] = await room.worker.query<Record<string, unknown>>(sql);
  return { kind: 'condition-answered', holds: Object.values(row ?? {})[0] === true };
}

function lookKey({ address }: Command): string {
  return `${address.migration}/${address.step}`;
}

async function look(
  command: Extract<Command, { readonly kind: 'observe' }>,
  room: Workroom,
  memory: Memory,
): Promise<RunInputDetail> {
  const waited = await waitFor(room, command.afterMs);
  if (waited.kind !== 'waited') return waited;
  const { control, worker, capabilities } = room;
  const key = lookKey(command);
  const last = memory.looking.key === key ? memory.looking : null;
  // Before the look itself, behind which the strike must follow at once.
  const traffic = await countTraffic(control, command.locks, last?.traffic ?? null);
  const { targets, holders } = await lookAtHolders(control, command.locks, [control.pid, worker.pid]);
  const at = performance.now();
  const before = last ?? { ...NO_LOOK, key, since: at };
  const autovacuumYields = capabilities.setsDeadlockTimeout
    ? command.budgetMs > STRIKE_DEADLOCK_TIMEOUT_MS
    : command.budgetMs > capabilities.deadlockTimeoutMs;
  const { blockers, sightings, yields, agesMs } = judgeHolders(
    holders,
    { sightings: before.sightings, lookingSince: before.since, at },
    { oldMs: command.oldHolderMs, autovacuumYields },
  );
  memory.looking = { key, since: before.since, sightings, targets, traffic };
  const perSecond = scansPerSecond(traffic.first, traffic.last);
  return { kind: 'holders-seen', blockers, yields, agesMs, scansPerSecond: perSecond };
}

/** The counters move about once a second; asking more often costs old servers a file and tells nothing. */
const COUNT_EVERY_MS = 1_000;

async function countTraffic(
  control: Connection,
  locks: readonly RelationLock[],
  known: Looking['traffic'],
): Promise<NonNullable<Looking['traffic']>> {
  if (known !== null && performance.now() - known.last.at < COUNT_EVERY_MS) return known;
  const last = await sampleTraffic(control, [...new Set(locks.map(({ relation }) => relation))]);
  return { first: known?.first ?? last, last };
}
