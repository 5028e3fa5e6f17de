import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { RULE_DESCRIPTIONS } from '../../src/lint/rule-descriptions.ts';
import { SMALL_TABLE } from '../../src/lint/small-work.ts';
import { type Calibration, DEFAULT_CALIBRATION } from '../../src/model/calibration.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { RuleSettings } from '../../src/model/rule-settings.ts';
import type { RelationStatistics } from '../../src/model/snapshot.ts';
import { type CheckInput, check } from '../../src/pipeline/check.ts';
import { explain } from '../../src/pipeline/explain.ts';
import { plan } from '../../src/pipeline/plan.ts';
import { measuredCatalog } from '../../src/snapshot/measured-catalog.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { makeSnapshot } from './make-snapshot.ts';

beforeAll(() => loadParser());

const GB = 1024 ** 3;
const SCHEMA = `CREATE TABLE orders (id int PRIMARY KEY, total int, note text); CREATE INDEX orders_total_idx ON orders (total);
  CREATE TABLE settings (key text PRIMARY KEY, value text);
  CREATE TABLE events (id int, at date) PARTITION BY RANGE (at);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');`;

const BIG: Partial<RelationStatistics> = {
  rows: 82_000_000,
  liveRows: 80_000_000,
  bytes: 30 * GB,
  toastBytes: GB,
  average: { scans: 10, inserts: 20, changes: 5 },
  sampled: { scans: 100, inserts: 30, changes: 25 },
};
const SMALL: Partial<RelationStatistics> = {
  rows: 40,
  liveRows: 40,
  bytes: 8192,
  toastBytes: 0,
  sampled: { scans: 2, inserts: 0, changes: 0 },
};

interface Setting {
  readonly relations?: Readonly<Record<string, Partial<RelationStatistics>>>;
  readonly calibration?: Calibration;
  readonly settings?: RuleSettings;
  readonly averageIsExact?: boolean;
}

function input(sql: string, setting: Setting = {}): CheckInput & { readonly catalogIsComplete: boolean } {
  const snapshot = makeSnapshot(SCHEMA, setting.relations ?? { 'public.orders': BIG, 'public.settings': SMALL });
  return {
    migrations: [
      {
        migration: {
          id: 'x',
          path: 'x.sql',
          sql,
          checksum: '',
          format: 'sql',
          transaction: 'statement',
          foreignLedgerRow: null,
        },
        statements: parseStatements(sql, 'x.sql'),
      },
    ],
    catalog: measuredCatalog(snapshot.catalog, snapshot.relations, setting.averageIsExact ?? true),
    catalogIsComplete: true,
    version: { engine: 'postgresql', major: 16 },
    timeZone: 'UTC',
    calibration: setting.calibration ?? { scanMbPerSecond: 130, rewriteMbPerSecond: 60, indexRowsPerSecond: 500_000 },
    context: 'a snapshot',
    planCommand: 'evenkeel plan x.sql',
    ...(setting.settings === undefined ? {} : { settings: setting.settings }),
  };
}

/** A sharper rule speaks instead of the general one. */
function groupOf(rule: string): string | undefined {
  return RULE_DESCRIPTIONS.find(({ id }) => id === rule)?.group;
}

function finding(sql: string, rule: string, setting: Setting = {}): Finding {
  const found = check(input(sql, setting)).findings.find((one) => one.rule === rule || groupOf(one.rule) === rule);
  if (found === undefined) throw new TypeError(`no finding of ${rule}`);
  return found;
}

describe('how long, and for whom', () => {
  test('a scan that blocks reads and writes', () => {
    const { severity, consequence } = finding('ALTER TABLE orders ALTER COLUMN total SET NOT NULL;', 'scan-under-lock');
    expect(severity).toBe('error');
    expect(consequence).toContain(
      'public.orders is 31 GB, 82 M rows: about 4 minutes with reads and writes blocked, about 32,000 requests would queue (reckoned with 130 MB/s read).',
    );
  });

  test('an index build that blocks writes', () => {
    expect(finding('CREATE INDEX ON orders (note);', 'index-build-under-lock').consequence).toContain(
      'public.orders is 31 GB, 82 M rows: about 3 minutes with writes blocked, about 9,000 requests would queue (reckoned with 500,000 rows/s indexed).',
    );
  });

  test('a rewrite writes the table and every index', () => {
    expect(finding('ALTER TABLE orders ALTER COLUMN total TYPE bigint;', 'rewrite-under-lock').consequence).toContain(
      'about 14 minutes with reads and writes blocked, about 110,000 requests would queue (reckoned with 60 MB/s rewritten, 500,000 rows/s indexed).',
    );
  });

  test('nothing is said of a table that nobody counted', () => {
    const { consequence, severity } = finding('CREATE INDEX ON orders (note);', 'index-build-under-lock', {
      relations: {},
    });
    expect(consequence).not.toContain('reckoned');
    expect(severity).toBe('error');
  });

  test('without traffic nothing is said of requests', () => {
    const { average: _, sampled: __, ...quiet } = BIG;
    const setting = { relations: { 'public.orders': quiet } };
    expect(finding('CREATE INDEX ON orders (note);', 'index-build-under-lock', setting).consequence).toContain(
      'about 3 minutes with writes blocked (reckoned',
    );
  });

  test('a table that has grown since it was counted has grown in bytes too', () => {
    const setting = { relations: { 'public.orders': { ...BIG, liveRows: 164_000_000 } } };
    expect(finding('CREATE INDEX ON orders (note);', 'index-build-under-lock', setting).consequence).toContain(
      'public.orders is 62 GB, 160 M rows',
    );
  });

  test('explain has it for every statement, plan for what it does otherwise, and as a note for long ones', () => {
    const sql =
      'ALTER TABLE orders ALTER COLUMN total SET NOT NULL;\nALTER TABLE settings ALTER COLUMN value SET NOT NULL;\nDROP TABLE settings;';
    const statements = explain(input(sql)).files[0]?.statements.map(({ estimate }) => estimate);
    expect(statements).toMatchObject([
      {
        isAtLeast: false,
        blocks: 'reads and writes',
        tables: [{ relation: 'public.orders', rows: 82_000_000, bytes: 31 * GB }],
      },
      { tables: [{ relation: 'public.settings', rows: 40, bytes: 8192 }] },
      undefined,
    ]);
    const { choices, notes, sizes } = plan(input(`${sql}\nCLUSTER orders USING orders_total_idx;`));
    expect(choices.map(({ line, naive }) => [line, naive.estimate?.sentence])).toEqual([
      [1, expect.stringMatching(/^public\.orders is 31 GB, 82 M rows: about 4 minutes with reads and writes blocked/)],
      [2, expect.stringMatching(/^public\.settings is 8 kB, 40 rows: less than a second/)],
      [3, undefined],
    ]);
    expect(notes.filter(({ note }) => note.includes('reckoned'))).toEqual([
      {
        path: 'x.sql',
        line: 4,
        note: expect.stringMatching(/^As one statement: public\.orders is 31 GB, 82 M rows: /),
      },
    ]);
    expect(sizes['public.orders']).toEqual({ rows: 82_000_000, bytes: 31 * GB });
  });

  test('a table that the file creates is not in use', () => {
    const sql = 'CREATE TABLE fresh AS SELECT 1 AS a; CREATE INDEX ON fresh (a);';
    expect(check(input(sql)).findings.filter(({ rule }) => rule === 'index-build-under-lock')).toEqual([]);
  });
});

describe('severity by size', () => {
  const sql = 'ALTER TABLE settings ALTER COLUMN value SET NOT NULL;';
  const level = (one: Partial<RelationStatistics>, setting: Setting = {}): string =>
    finding(sql, 'scan-under-lock', { ...setting, relations: { 'public.settings': { ...SMALL, ...one } } }).severity;

  test('a small table with few calls counts one notch less, and says why', () => {
    const { severity, consequence } = finding(sql, 'scan-under-lock');
    expect(severity).toBe('warning');
    expect(consequence).toMatch(
      / One notch lower, as public\.settings is small \(40 rows, 8 kB\) and has about 2 calls a second\.$/,
    );
  });

  test('up to the limits, and no further', () => {
    expect(level({ rows: 10_000, bytes: 10 * 1024 * 1024, sampled: { scans: 9, inserts: 1, changes: 3 } })).toBe(
      'warning',
    );
    expect(level({ rows: 10_001 })).toBe('error');
    expect(level({ liveRows: 10_001 })).toBe('error');
    expect(level({ bytes: 10 * 1024 * 1024 + 1 })).toBe('error');
    expect(level({ toastBytes: 10 * 1024 * 1024 })).toBe('error');
    expect(level({ sampled: { scans: 11, inserts: 0, changes: 0 } })).toBe('error');
    expect(level({ average: { scans: 11, inserts: 0, changes: 0 } })).toBe('error');
  });

  test('what nobody measured is not small', () => {
    expect(level({ rows: null, liveRows: 0 })).toBe('error');
    expect(level({ bytes: null })).toBe('error');
    expect(level({ sampled: null })).toBe('error');
    const average = { sampled: null, average: { scans: 1, inserts: 0, changes: 0 } };
    expect(level(average)).toBe('warning');
    expect(level(average, { averageIsExact: false })).toBe('error');
  });

  test('a small table beside a big one helps nobody', () => {
    const both = 'ALTER TABLE settings ADD COLUMN order_id int REFERENCES orders DEFAULT 1;';
    expect(check(input(both)).findings.filter(({ severity }) => severity === 'error').length).toBeGreaterThan(0);
  });

  test('what somebody has set for the rule counts, not the size', () => {
    expect(level({}, { settings: { 'scan-under-lock': 'error' } })).toBe('error');
  });

  test('an unknown effect stays as grave as it is', () => {
    const unknown = 'DO $$ BEGIN EXECUTE some_function(); END $$;';
    expect(finding(unknown, 'unknown-effect').severity).toBe('warning');
  });
});

test('the default rates are the slowest that were measured, rounded down', () => {
  const measured = JSON.parse(readFileSync('measured/rates.json', 'utf8')) as {
    servers: { rates: { work: string; mbPerSecond: number; rowsPerSecond: number }[] }[];
  };
  const rates = measured.servers.flatMap((server) => server.rates);
  const slowest = (work: string, unit: 'mbPerSecond' | 'rowsPerSecond'): number =>
    Math.min(...rates.filter((rate) => rate.work === work).map((rate) => rate[unit]));
  const firstDigits = (value: number, digits: number): number => {
    const scale = 10 ** (Math.floor(Math.log10(value)) + 1 - digits);
    return Math.floor(value / scale) * scale;
  };
  expect(measured.servers).toHaveLength(6);
  expect(DEFAULT_CALIBRATION).toEqual({
    scanMbPerSecond: Math.floor(slowest('scan', 'mbPerSecond') / 50) * 50,
    rewriteMbPerSecond: firstDigits(slowest('rewrite', 'mbPerSecond'), 1),
    indexRowsPerSecond: firstDigits(slowest('index', 'rowsPerSecond'), 1),
  });
});

test('the page tells the limits and the rates that count', () => {
  const page = readFileSync('docs/snapshot.md', 'utf8').replaceAll(/\s+/g, ' ');
  const { scanMbPerSecond, rewriteMbPerSecond, indexRowsPerSecond } = DEFAULT_CALIBRATION;
  expect(page).toContain(
    `${scanMbPerSecond} MB/s, ${rewriteMbPerSecond} MB/s and ${indexRowsPerSecond.toLocaleString('en-US')} rows/s`,
  );
  const { rows, bytes, callsPerSecond } = SMALL_TABLE;
  expect(page).toContain(
    `at most ${rows.toLocaleString('en-US')} rows, ${bytes / 1024 ** 2} MB with TOAST, and ${callsPerSecond} calls a second`,
  );
});
