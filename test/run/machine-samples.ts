import type { Blocker } from '../../src/model/run-event.ts';
import type { CommandKind } from '../../src/run/command.ts';
import type { Failure } from '../../src/run/failure.ts';
import { NOTHING_LEARNED } from '../../src/run/guard-memory.ts';
import { DEFAULT_LIMITS } from '../../src/run/limits.ts';
import { NO_EXPOSURE } from '../../src/run/next-step.ts';
import type { CopyWork, RunContext, RunInputDetail, RunState, StateKind, StateOf, Work } from '../../src/run/state.ts';
import { backfillStep, gateStep, indexStep, migration, transactionStep } from './plan-fixture.ts';

const brief = transactionStep('brief', 'ALTER TABLE orders ADD COLUMN a int', {
  locks: ['public.orders ACCESS EXCLUSIVE'],
  condition: 'SELECT true',
});
const rows = transactionStep('rows', 'INSERT INTO orders VALUES (1)', { lockClass: 'rows' });
const index = indexStep('index', 'CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note)', {
  condition: 'SELECT true',
});
const copy = backfillStep('copy');
const scan = transactionStep('scan', 'ALTER TABLE orders VALIDATE CONSTRAINT c', {
  locks: ['public.orders SHARE UPDATE EXCLUSIVE'],
  lockClass: 'scan',
});
const drop = indexStep('drop', 'DROP INDEX CONCURRENTLY orders_note_idx', { verb: 'drop' });

export const context: RunContext = {
  migrations: [migration('0001', [brief, rows, index, copy]), migration('0002', [scan, gateStep('gate'), drop])],
  recalled: {},
  through: 'migrate',
  passGate: null,
  commandLine: 'evenkeel apply migrations',
  limits: DEFAULT_LIMITS,
  blockers: {
    policies: [{ class: 'active-query', action: 'terminate', afterMs: 60_000, role: 'rep*' }],
    atMost: 2,
  },
};

/** Nothing was seen of others. */
export const QUIET = { agesMs: [], scansPerSecond: null } as const;

export const blocker: Blocker = {
  pid: 7,
  class: 'active-query',
  backendStart: '2026-01-01 00:00:00+00',
  relation: 'public.orders',
  mode: 'ACCESS SHARE',
  user: 'ann',
  applicationName: 'psql',
  state: 'active',
  ageMs: 9_000,
  isAutovacuum: false,
  query: 'SELECT ?',
};

export function failure(sqlstate: string | null, extra: Partial<Failure> = {}): Failure {
  return {
    sqlstate,
    message: 'it failed',
    detail: null,
    cancelledBy: null,
    overdraft: null,
    alarm: null,
    elapsedMs: 5,
    waiters: 0,
    ...extra,
  };
}

const base = { exposure: NO_EXPOSURE, stopping: false };
const work = (step: Work['step'], migrationIndex: number, stepIndex: number): Work => ({
  ...base,
  position: { migration: migrationIndex, step: stepIndex },
  step,
  startedAt: 0,
  attempts: 1,
  waitingSince: null,
  reported: null,
  heldMs: null,
  guard: NOTHING_LEARNED,
  signals: [],
});
const onBrief = work(brief, 0, 0);
const onIndex = work(index, 0, 2);
const cursor = { kind: 'keys', pass: 1, after: null, until: ['9'] } as const;
const onCopy: CopyWork = {
  ...work(copy, 0, 3),
  pass: 1,
  size: 500,
  changedInPass: 0,
  rowsDone: 0,
  rowsAtStart: 0,
  rowsEstimate: 9,
  progressAt: null,
};
const ending = { outcome: 'stopped', summary: 'Stopped.', nextCommand: null, failure: null } as const;
const observing: StateOf<'observing'> = { kind: 'observing', ...onBrief };

/** One state of each kind. */
export const SAMPLE_STATES: { readonly [Kind in StateKind]: StateOf<Kind> } = {
  ready: { kind: 'ready', ...base, position: { migration: 0, step: 0 } },
  announcing: { kind: 'announcing', ...base, position: { migration: 0, step: 0 } },
  'probing-step': { kind: 'probing-step', ...onBrief },
  observing,
  'ending-blocker': {
    kind: 'ending-blocker',
    ...onBrief,
    signals: [{ pid: 7, backendStart: '2026-01-01 00:00:00+00', action: 'cancel', at: 0, refused: false }],
    during: null,
  },
  'probing-lock': { kind: 'probing-lock', ...onIndex },
  striking: { kind: 'striking', ...onBrief, lockTimeoutMs: 1 },
  'backing-off': {
    kind: 'backing-off',
    ...onBrief,
    resume: {
      state: observing,
      command: {
        kind: 'observe',
        locks: brief.locks,
        oldHolderMs: 500,
        budgetMs: 100,
        afterMs: 0,
        address: { migration: '0001', step: 'brief', ordinal: 1 },
      },
    },
  },
  'inspecting-index': { kind: 'inspecting-index', ...onIndex, phase: 'before', failure: null, adopted: null },
  'repairing-index': {
    kind: 'repairing-index',
    ...onIndex,
    phase: 'before',
    failure: null,
    rest: [index.index],
    watch: null,
  },
  'recording-intent': { kind: 'recording-intent', ...onIndex },
  'building-index': { kind: 'building-index', ...onIndex, watch: null },
  'starting-pass': { kind: 'starting-pass', ...onCopy, from: null },
  copying: { kind: 'copying', ...onCopy, cursor },
  verifying: { kind: 'verifying', ...onBrief, copy: null },
  recording: { kind: 'recording', ...onBrief, afterwards: [] },
  'finishing-migration': { kind: 'finishing-migration', ...base, position: { migration: 0, step: 4 } },
  closing: { kind: 'closing', ...base, position: { migration: 0, step: 0 }, ending },
  ended: { kind: 'ended', ...base, position: { migration: 0, step: 0 }, ending },
};

/** Inputs of each kind; the first is the plain one. */
export const SAMPLE_INPUTS: {
  readonly [Kind in RunInputDetail['kind']]: readonly Extract<RunInputDetail, { kind: Kind }>[];
} = {
  begun: [{ kind: 'begun' }],
  recorded: [{ kind: 'recorded' }],
  waited: [{ kind: 'waited' }],
  'condition-answered': [
    { kind: 'condition-answered', holds: true },
    { kind: 'condition-answered', holds: false },
  ],
  'holders-seen': [
    { kind: 'holders-seen', blockers: [], yields: false, ...QUIET },
    { kind: 'holders-seen', blockers: [], yields: true, ...QUIET },
    { kind: 'holders-seen', blockers: [blocker], yields: false, ...QUIET },
    { kind: 'holders-seen', blockers: [{ ...blocker, user: 'reports', ageMs: 90_000 }], yields: false, ...QUIET },
  ],
  'blocker-signalled': [
    { kind: 'blocker-signalled', sent: true },
    { kind: 'blocker-signalled', sent: false },
  ],
  'lock-probed': [{ kind: 'lock-probed' }],
  struck: [{ kind: 'struck', heldMs: 3, waiters: 1 }],
  'index-inspected': [
    {
      kind: 'index-inspected',
      condition: 'absent',
      builderPid: null,
      builderStart: null,
      orphan: null,
      onTable: true,
      leftovers: [],
    },
    {
      kind: 'index-inspected',
      condition: 'valid',
      builderPid: null,
      builderStart: null,
      orphan: null,
      onTable: true,
      leftovers: [],
    },
    {
      kind: 'index-inspected',
      condition: 'invalid',
      builderPid: null,
      builderStart: null,
      orphan: null,
      onTable: true,
      leftovers: ['public.x_ccnew'],
    },
    {
      kind: 'index-inspected',
      condition: 'building',
      builderPid: 9,
      builderStart: null,
      orphan: null,
      onTable: true,
      leftovers: [],
    },
    {
      kind: 'index-inspected',
      condition: 'valid',
      builderPid: null,
      builderStart: null,
      orphan: null,
      onTable: false,
      leftovers: [],
    },
    ...[blocker, { ...blocker, mode: null, user: 'reports', ageMs: 90_000 }].map((one) => ({
      kind: 'index-inspected' as const,
      condition: 'building' as const,
      builderPid: 9,
      builderStart: '2026-01-01 00:00:00+00',
      orphan: { phase: 'waiting for old snapshots', percent: null, blockers: [one] },
      onTable: true,
      leftovers: [],
    })),
  ],
  'index-built': [{ kind: 'index-built', waiters: 2 }],
  'index-dropped': [{ kind: 'index-dropped' }],
  'index-watched': [
    { kind: 'index-watched', phase: 'building index: scanning table', percent: 12.5, blockers: [], waiters: 0 },
    { kind: 'index-watched', phase: 'waiting for old snapshots', percent: null, blockers: [blocker], waiters: 1 },
    {
      kind: 'index-watched',
      phase: 'waiting for old snapshots',
      percent: null,
      blockers: [{ ...blocker, mode: null, user: 'reports', ageMs: 90_000 }],
      waiters: 0,
    },
  ],
  'orphan-ended': [{ kind: 'orphan-ended' }],
  'pass-started': [
    { kind: 'pass-started', cursor, size: 500, rowsDone: 0, rowsEstimate: 9 },
    { kind: 'pass-started', cursor: null, size: 500, rowsDone: 0, rowsEstimate: null },
  ],
  'batch-done': [
    { kind: 'batch-done', changed: 5, rowsDone: 5, cursor, elapsedMs: 20, waiters: 0 },
    { kind: 'batch-done', changed: 0, rowsDone: 5, cursor: null, elapsedMs: 20, waiters: 1 },
    { kind: 'batch-done', changed: 4, rowsDone: 9, cursor: null, elapsedMs: 900, waiters: 0 },
  ],
  'sql-failed': [
    ...['55P03', '40P01', '57014', '42501', '23505', '53100', '25006', 'EK001'].map((sqlstate) => ({
      kind: 'sql-failed' as const,
      failure: failure(sqlstate),
    })),
    { kind: 'sql-failed', failure: failure('57014', { cancelledBy: 'supervisor', waiters: 3 }) },
    {
      kind: 'sql-failed',
      failure: failure('57014', { cancelledBy: 'alarm', alarm: { sign: 'deadlocks', value: 9, limit: 3 } }),
    },
    ...[true, false].map((weWait) => ({
      kind: 'sql-failed' as const,
      failure: failure('57014', {
        cancelledBy: 'supervisor',
        overdraft: { budget: 'queue', limit: 5, waiters: 9, heldUpMs: 40, weWait },
        waiters: 9,
      }),
    })),
    { kind: 'sql-failed', failure: failure('57014', { cancelledBy: 'stop' }) },
  ],
  'stop-requested': [{ kind: 'stop-requested' }],
  'connection-lost': [{ kind: 'connection-lost', message: 'The connection was lost.' }],
};

const DONE = ['recorded', 'sql-failed', 'connection-lost'] as const;

/** Which inputs a command can bring. */
export const ANSWERS: { readonly [Kind in CommandKind]: readonly RunInputDetail['kind'][] } = {
  'announce-migration': DONE,
  'probe-condition': ['condition-answered', 'sql-failed', 'connection-lost'],
  observe: ['holders-seen', 'sql-failed', 'connection-lost', 'stop-requested'],
  'end-blocker': ['blocker-signalled', 'sql-failed', 'connection-lost'],
  'probe-lock': ['lock-probed', 'sql-failed', 'connection-lost'],
  strike: ['struck', 'sql-failed', 'connection-lost'],
  wait: ['waited', 'stop-requested'],
  'wait-for-calm': ['waited', 'stop-requested'],
  'inspect-index': ['index-inspected', 'sql-failed', 'connection-lost'],
  'record-intent': DONE,
  'build-index': ['index-built', 'index-watched', 'sql-failed', 'connection-lost'],
  'drop-index': ['index-dropped', 'index-watched', 'sql-failed', 'connection-lost'],
  // What it ends with depends on the statement; the walk knows which it was.
  'watch-index': ['index-watched', 'index-built', 'index-dropped', 'sql-failed', 'connection-lost'],
  'cancel-index': ['sql-failed', 'index-built', 'connection-lost'],
  'end-orphan': ['orphan-ended', 'sql-failed', 'connection-lost'],
  'start-pass': ['pass-started', 'sql-failed', 'connection-lost'],
  'copy-batch': ['batch-done', 'pass-started', 'sql-failed', 'connection-lost', 'stop-requested'],
  'record-step': DONE,
  'finish-migration': DONE,
  'record-ending': DONE,
  'carry-on': [],
  none: [],
};

export function initialState(): RunState {
  return SAMPLE_STATES.ready;
}
