import { CATALOG_SHAPE } from './catalog-shape.ts';
import type { Shape } from './shape.ts';

const TEXT: Shape = { kind: 'text' };
const BOOLEAN: Shape = { kind: 'boolean' };
const COUNT: Shape = { kind: 'number', minimum: 0 };
const COUNT_OR_NULL: Shape = { kind: 'nullable', of: COUNT };
const TEXT_OR_NULL: Shape = { kind: 'nullable', of: TEXT };
const TRAFFIC: Shape = {
  kind: 'nullable',
  of: { kind: 'object', required: { scans: COUNT, inserts: COUNT, changes: COUNT } },
};
/** A rate of nothing a second would make everything last forever. */
const RATE: Shape = { kind: 'number', minimum: 0.001 };

const STATISTICS: Shape = {
  kind: 'object',
  required: {
    rows: COUNT_OR_NULL,
    liveRows: COUNT_OR_NULL,
    deadRows: COUNT_OR_NULL,
    bytes: COUNT_OR_NULL,
    toastBytes: COUNT_OR_NULL,
    indexes: { kind: 'map', of: COUNT_OR_NULL },
    total: TRAFFIC,
    average: TRAFFIC,
    sampled: TRAFFIC,
  },
};

const ACTIVITY: Shape = {
  kind: 'object',
  required: {
    since: TEXT_OR_NULL,
    sinceIsExact: BOOLEAN,
    sampleMs: COUNT_OR_NULL,
    longestTransactionMs: COUNT_OR_NULL,
    idleInTransaction: COUNT_OR_NULL,
    preparedTransactions: { kind: 'object', required: { count: COUNT, oldestMs: COUNT_OR_NULL } },
    lockedRelations: { kind: 'list', of: TEXT },
  },
};

const SLOT: Shape = {
  kind: 'object',
  required: { kind: { kind: 'text', oneOf: ['physical', 'logical'] }, active: BOOLEAN, retainedBytes: COUNT_OR_NULL },
};

const COLLATION: Shape = {
  kind: 'object',
  required: {
    name: TEXT,
    provider: { kind: 'text', oneOf: ['libc', 'icu', 'builtin', 'default'] },
    recorded: TEXT_OR_NULL,
    actual: TEXT_OR_NULL,
  },
};

const APPLIED: Shape = {
  kind: 'choice',
  by: 'ledger',
  of: {
    evenkeel: { kind: 'object', required: { id: TEXT, checksum: TEXT } },
    drizzle: { kind: 'object', required: { schema: TEXT, table: TEXT, hash: TEXT, createdAtMs: { kind: 'number' } } },
    typeorm: { kind: 'object', required: { schema: TEXT, table: TEXT, name: TEXT, isCurrentSchema: BOOLEAN } },
  },
};

/** A snapshot, as `src/model/snapshot.ts` has it; published as `docs/schemas/snapshot.json`. */
export const SNAPSHOT_SHAPE: Shape = {
  kind: 'object',
  required: {
    version: { kind: 'constant', value: 1 },
    takenAt: TEXT,
    server: {
      kind: 'object',
      required: { major: COUNT, version: TEXT, isStandby: BOOLEAN, encoding: TEXT },
    },
    timeZone: TEXT,
    settings: { kind: 'map', of: { kind: 'object', required: { value: TEXT, unit: TEXT_OR_NULL } } },
    collations: { kind: 'list', of: COLLATION },
    catalog: CATALOG_SHAPE,
    relations: { kind: 'map', of: STATISTICS },
    activity: ACTIVITY,
    replication: { kind: 'object', required: { standbys: COUNT, slots: { kind: 'list', of: SLOT } } },
    applied: { kind: 'list', of: APPLIED },
    notSeen: {
      kind: 'list',
      of: { kind: 'object', required: { what: TEXT, reason: TEXT, relation: TEXT_OR_NULL } },
    },
  },
  optional: {
    calibration: {
      kind: 'object',
      required: {},
      optional: { scanMbPerSecond: RATE, rewriteMbPerSecond: RATE, indexRowsPerSecond: RATE },
    },
  },
};
