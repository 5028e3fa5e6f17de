import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import type { RelationStatistics, Snapshot } from '../../src/model/snapshot.ts';
import { catalogWithoutSizes } from '../../src/snapshot/measured-catalog.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

/** What statistics say of a table that nobody counted. */
export const UNCOUNTED: RelationStatistics = {
  rows: null,
  liveRows: null,
  deadRows: null,
  bytes: null,
  toastBytes: null,
  indexes: {},
  total: null,
  average: null,
  sampled: null,
};

/** A snapshot of a schema that SQL makes, with what the statistics say of some tables. */
export function makeSnapshot(
  sql: string,
  relations: Readonly<Record<string, Partial<RelationStatistics>>> = {},
): Snapshot {
  const catalog = parseStatements(sql, 'schema.sql').reduce(applyStatement, emptyCatalog(16));
  return {
    version: 1,
    takenAt: '2026-11-21T12:00:00Z',
    server: { major: 16, version: '16.14', isStandby: false, encoding: 'UTF8' },
    timeZone: 'Europe/Berlin',
    settings: { lock_timeout: { value: '0', unit: 'ms' } },
    collations: [],
    catalog: catalogWithoutSizes(catalog),
    relations: Object.fromEntries(Object.entries(relations).map(([key, one]) => [key, { ...UNCOUNTED, ...one }])),
    activity: {
      since: '2026-11-01T00:00:00Z',
      sinceIsExact: true,
      sampleMs: 2_000,
      longestTransactionMs: 120,
      idleInTransaction: 0,
      preparedTransactions: { count: 0, oldestMs: null },
      lockedRelations: [],
    },
    replication: { standbys: 1, slots: [{ kind: 'physical', active: true, retainedBytes: 1024 }] },
    applied: [],
    notSeen: [],
  };
}
