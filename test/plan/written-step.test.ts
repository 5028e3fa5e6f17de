import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import { type BackfillBlock, backfillBlock, readBackfillBlock } from '../../src/model/backfill-block.ts';
import type { Step } from '../../src/model/plan.ts';
import { readStepMark } from '../../src/model/step-mark.ts';
import { plan } from '../../src/pipeline/plan.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

beforeAll(() => loadParser());

const SCHEMA = 'CREATE TABLE orders (id bigint PRIMARY KEY, total int, total_new bigint)';

function stepsOf(sql: string): readonly Step[] {
  const catalog = parseStatements(SCHEMA, 'schema.sql').reduce(applyStatement, emptyCatalog(18));
  const migration = {
    id: '0002_swap',
    path: 'x.sql',
    sql,
    checksum: '',
    format: 'sql',
    transaction: 'statement',
  } as const;
  const { plan: made } = plan({
    migrations: [{ migration: { ...migration, foreignLedgerRow: null }, statements: parseStatements(sql, 'x.sql') }],
    catalog,
    catalogIsComplete: true,
    version: { engine: 'postgresql', major: 18 },
    timeZone: 'UTC',
  });
  return made.migrations[0]!.steps;
}

const SWAP = `BEGIN;
SET LOCAL lock_timeout = '100ms';
ALTER TABLE orders DROP COLUMN total;
ALTER TABLE orders RENAME COLUMN total_new TO total;
COMMIT;
`;

describe('a file that says that it is one step', () => {
  it('is one, without the frame that it brings along', () => {
    expect(stepsOf(`-- evenkeel-step: contract brief\n${SWAP}`)).toMatchObject([
      {
        kind: 'transaction',
        phase: 'contract',
        lockClass: 'brief',
        sql: ['ALTER TABLE orders DROP COLUMN total', 'ALTER TABLE orders RENAME COLUMN total_new TO total'],
        locks: [{ relation: 'public.orders', mode: 'ACCESS EXCLUSIVE' }],
      },
    ]);
    expect(stepsOf(SWAP).length).toBeGreaterThan(3);
  });

  it.each([
    'ALTER TABLE orders ALTER COLUMN total TYPE bigint;',
    'ALTER TABLE orders ALTER COLUMN total SET NOT NULL;',
    'CREATE INDEX orders_total_idx ON orders (total);',
    'ALTER TABLE orders ADD CHECK (total > 0);',
  ])('is not taken at its word where it would hold up others: %s', (sql) => {
    const unmarked = stepsOf(`-- just a comment\n${sql}`);
    expect(unmarked.some(({ kind, phase }) => kind !== 'transaction' || phase !== 'expand')).toBe(true);
    for (const manner of ['brief', 'scan', 'rows', 'fresh']) {
      expect(stepsOf(`-- evenkeel-step: expand ${manner}\n${sql}`)).toEqual(unmarked);
    }
  });

  it.each([
    ['-- migrate:up\n-- evenkeel-step: expand scan\nSELECT 1', { phase: 'expand', manner: 'scan' }],
    ['SELECT 1;\n-- evenkeel-step: expand scan\n', null],
    ["SELECT '\n-- evenkeel-step: expand scan\n'", null],
    ['-- evenkeel-step: never brief\n', null],
    ['-- evenkeel-step: expand\n', null],
  ])('is read at the head only: %j', (sql, expected) => {
    expect(readStepMark(sql)).toEqual(expected);
  });
});

describe('a backfill as a block of code', () => {
  const name = fc.constantFrom('id', 'Order Id', 'a"b', 'x, y');
  const text = fc.constantFrom('a IS NULL', "(b = 'x) LOOP')", 'note = $evenkeel$x$evenkeel$', 'a\n  OR b');
  const block: fc.Arbitrary<BackfillBlock> = fc.record({
    table: fc.constantFrom('public.orders', '"My Shop"."Order Lines"'),
    assignments: text,
    where: text,
    keyColumns: fc.array(name, { maxLength: 3 }),
    batchRows: fc.integer({ min: 1, max: 5_000 }),
    lockTimeoutMs: fc.integer({ min: 0, max: 5_000 }),
    commits: fc.boolean(),
  });

  it('says the same when it is read back', () => {
    fc.assert(
      fc.property(block, (one) => {
        expect(readBackfillBlock(backfillBlock(one))).toEqual(one);
      }),
    );
  });

  it('says the same when it walks once', () => {
    fc.assert(
      fc.property(block, fc.array(name, { minLength: 1, maxLength: 3 }), (one, keyColumns) => {
        const once: BackfillBlock = { ...one, keyColumns, once: true };
        expect(readBackfillBlock(backfillBlock(once))).toEqual(once);
      }),
    );
  });

  it('is planned as a backfill, and as nothing else once somebody has changed it', () => {
    const sql = backfillBlock({
      table: 'public.orders',
      assignments: 'total_new = total',
      where: 'total_new IS NULL',
      keyColumns: ['id'],
      batchRows: 1_000,
      lockTimeoutMs: 500,
      commits: false,
    });
    expect(stepsOf(`${sql};`)).toMatchObject([
      { kind: 'backfill', table: 'public.orders', assignments: 'total_new = total', keyColumns: ['id'] },
    ]);
    expect(stepsOf(`${sql.replace('LIMIT 1000', 'LIMIT 1000 OFFSET 1')};`)).toMatchObject([{ kind: 'transaction' }]);
  });

  it('is not made of an UPDATE that comes by once where no key keeps a row in its place', () => {
    const update = 'UPDATE orders SET total = 5 WHERE total IS NULL';
    expect(stepsOf(update)).toMatchObject([{ kind: 'backfill', once: true }]);
    expect(stepsOf(`ALTER TABLE orders DROP CONSTRAINT orders_pkey; ${update}`).at(-1)).toMatchObject({
      kind: 'transaction',
      sql: [update],
    });
  });

  it('is planned as a walk that comes by once where it is one', () => {
    const sql = backfillBlock({
      table: 'public.orders',
      assignments: 'total_new = nullif(total, 0)',
      where: 'total_new IS NULL',
      keyColumns: ['id'],
      batchRows: 1_000,
      lockTimeoutMs: 500,
      commits: true,
      once: true,
    });
    expect(stepsOf(`${sql};`)).toMatchObject([{ kind: 'backfill', once: true, keyColumns: ['id'] }]);
    expect(stepsOf(`${sql.replace('evenkeel_changed + 1', 'evenkeel_changed + 2')};`)).toMatchObject([
      { kind: 'transaction' },
    ]);
  });
});
