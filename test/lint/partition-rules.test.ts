import { beforeAll, describe, expect, test } from 'vitest';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { findingsOf, rulesAbout } from '../support/rules-about.ts';

beforeAll(() => loadParser());

const PLAIN = `CREATE TABLE p (id int NOT NULL, d date NOT NULL) PARTITION BY RANGE (d);
  CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE loose (id int NOT NULL, d date NOT NULL);`;
const WITH_DEFAULT = `${PLAIN} CREATE TABLE rest PARTITION OF p DEFAULT;`;
const PROVEN = `${WITH_DEFAULT} ALTER TABLE rest ADD CONSTRAINT rest_check CHECK (d < '2026-01-01');`;
const IN_2026 = "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')";
const BOUND = "CHECK (d >= '2026-01-01' AND d < '2027-01-01')";

describe('ATTACH PARTITION', () => {
  const attach = (table: string): string => `ALTER TABLE p ATTACH PARTITION ${table} ${IN_2026}`;

  test('reads a table in use, unless a valid CHECK proves the bound', () => {
    expect(rulesAbout(attach('loose'), { schema: PLAIN })).toContain('attach-partition-scans');
    const proof = `${PLAIN} ALTER TABLE loose ADD CONSTRAINT c ${BOUND};`;
    expect(rulesAbout(attach('loose'), { schema: proof })).toEqual(['lock-queue']);
    const invalid = `${PLAIN} ALTER TABLE loose ADD CONSTRAINT c ${BOUND} NOT VALID;`;
    expect(rulesAbout(attach('loose'), { schema: invalid })).toContain('attach-partition-scans');
  });

  test('of a table that the migration makes is harmless', () => {
    expect(rulesAbout(`CREATE TABLE fresh (LIKE p); ${attach('fresh')}`, { schema: PLAIN })).toEqual([]);
  });

  test('reads the default partition, unless a valid CHECK on it rules the bound out', () => {
    const sql = `CREATE TABLE fresh (LIKE p); ${attach('fresh')}`;
    expect(rulesAbout(sql, { schema: WITH_DEFAULT })).toEqual(['attach-scans-default-partition']);
    expect(rulesAbout(sql, { schema: PROVEN })).toEqual(['lock-queue']);
  });

  test('of both is said of both, each by its own name, and never in general words', () => {
    const rules = rulesAbout(attach('loose'), { schema: WITH_DEFAULT });
    expect(rules).toContain('attach-partition-scans');
    expect(rules).toContain('attach-scans-default-partition');
    expect(rules).not.toContain('scan-under-lock');
  });

  test('builds the indexes that the table lacks, and takes over those that fit', () => {
    const schema = `${PLAIN} ALTER TABLE loose ADD CONSTRAINT c ${BOUND}; CREATE INDEX p_id ON p (id);`;
    expect(rulesAbout(attach('loose'), { schema })).toEqual(['attach-builds-indexes']);
    expect(rulesAbout(attach('loose'), { schema: `${schema} CREATE INDEX loose_id ON loose (id);` })).toEqual([
      'lock-queue',
    ]);
  });
});

describe('a new partition', () => {
  const create = `CREATE TABLE p2 PARTITION OF p ${IN_2026}`;

  test('closes its parent for a moment', () => {
    expect(rulesAbout(create, { schema: PLAIN })).toEqual(['create-partition-locks-parent']);
  });

  test('reads the default partition unless a CHECK rules it out', () => {
    expect(rulesAbout(create, { schema: WITH_DEFAULT })).toEqual([
      'create-partition-scans-default',
      'partition-fan-out',
    ]);
    expect(rulesAbout(create, { schema: PROVEN })).toEqual(['partition-fan-out', 'create-partition-locks-parent']);
  });

  test('of a table that the migration makes is harmless', () => {
    const sql = `CREATE TABLE q (d date) PARTITION BY RANGE (d); CREATE TABLE q1 PARTITION OF q ${IN_2026};`;
    expect(rulesAbout(sql, { schema: PLAIN })).toEqual([]);
  });
});

describe('a partition that goes', () => {
  test('is to be detached CONCURRENTLY where that can be', () => {
    const [finding] = findingsOf('ALTER TABLE p DETACH PARTITION p1', { schema: PLAIN });
    expect(finding).toMatchObject({ rule: 'detach-partition-blocking', severity: 'warning' });
    expect(finding?.remedy).toContain('CONCURRENTLY');
    expect(rulesAbout('ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY', { schema: PLAIN })).toEqual(['lock-queue']);
  });

  test('is to be detached with retries where there is a default partition, or on 13', () => {
    const [withDefault] = findingsOf('ALTER TABLE p DETACH PARTITION p1', { schema: WITH_DEFAULT });
    expect(withDefault).toMatchObject({ rule: 'detach-partition-blocking', severity: 'warning' });
    expect(withDefault?.remedy).toContain('lock_timeout');
    const [on13] = findingsOf('ALTER TABLE p DETACH PARTITION p1', { schema: PLAIN, major: 13 });
    expect(on13).toMatchObject({ rule: 'detach-partition-blocking', severity: 'info' });
  });

  test('cannot be detached CONCURRENTLY beside a default partition', () => {
    const sql = 'ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY';
    const rules = rulesAbout(sql, { schema: WITH_DEFAULT });
    expect(rules).toContain('detach-concurrently-with-default');
    expect(rules).not.toContain('certain-failure');
  });

  test('closes its parent when it is dropped, but not along with the parent', () => {
    expect(rulesAbout('DROP TABLE p1', { schema: PLAIN })).toContain('drop-partition-locks-parent');
    const rules = rulesAbout('DROP TABLE p', { schema: PLAIN });
    expect(rules).toContain('drop-table');
    expect(rules).not.toContain('drop-partition-locks-parent');
  });
});

describe('a statement on the parent', () => {
  const SET_DEFAULT = 'ALTER COLUMN id SET DEFAULT 1';

  test('counts and names the partitions that it closes', () => {
    const [finding] = findingsOf(`ALTER TABLE p ${SET_DEFAULT}`, { schema: WITH_DEFAULT });
    expect(finding?.rule).toBe('partition-fan-out');
    expect(finding?.title).toBe('Locks public.p and 2 partitions of it against everybody: public.p1 and public.rest.');
  });

  test('with ONLY, or on a partition alone, closes one table', () => {
    expect(rulesAbout(`ALTER TABLE ONLY p ${SET_DEFAULT}`, { schema: PLAIN })).toEqual(['lock-queue']);
    expect(rulesAbout(`ALTER TABLE p1 ${SET_DEFAULT}`, { schema: PLAIN })).toEqual(['lock-queue']);
  });

  test('says nothing of partitions that are as new as it is', () => {
    const schema = `${PLAIN} DROP TABLE p1;`;
    const sql = `CREATE TABLE fresh (LIKE p); ALTER TABLE p ATTACH PARTITION fresh ${IN_2026}; ALTER TABLE p ${SET_DEFAULT};`;
    expect(rulesAbout(sql, { schema })).toEqual(['lock-queue']);
  });
});
