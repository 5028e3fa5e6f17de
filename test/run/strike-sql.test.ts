import { expect, test } from 'vitest';
import { strikeSql } from '../../src/run/strike.ts';
import { transactionStep } from './plan-fixture.ts';

const address = { migration: '0001', step: '01', ordinal: 1 };

test('one message: settings, ledger row, locks, statements', () => {
  const step = transactionStep(
    '01',
    ['ALTER TABLE orders ADD COLUMN a int -- why', 'COMMENT ON COLUMN orders.a IS $$x$$'],
    {
      locks: ['public.orders ACCESS EXCLUSIVE'],
    },
  );
  const sql = strikeSql(
    {
      step,
      address,
      attempts: 1,
      lockTimeoutMs: 100,
      budget: null,
      targets: [
        { relation: 'public.customers', tree: 'public.customers', mode: 'SHARE ROW EXCLUSIVE', lockable: true },
        { relation: 'public.orders', tree: 'public.orders', mode: 'ACCESS EXCLUSIVE', lockable: true },
        { relation: 'public.orders_pkey', tree: 'public.orders_pkey', mode: 'ACCESS EXCLUSIVE', lockable: false },
        { relation: 'public.other', tree: 'public.other', mode: 'SHARE UPDATE EXCLUSIVE', lockable: true },
      ],
    },
    { setsDeadlockTimeout: true, ledgerSql: 'SELECT ledger;\n' },
  );
  expect(sql).toMatchInlineSnapshot(`
    {
      "commit": "COMMIT",
      "work": "BEGIN ISOLATION LEVEL READ COMMITTED
    ;
    SET LOCAL lock_timeout = 100
    ;
    SET LOCAL statement_timeout = 5000
    ;
    SET LOCAL idle_in_transaction_session_timeout = 10000
    ;
    SET LOCAL deadlock_timeout = 20
    ;
    SELECT ledger
    ;
    LOCK TABLE ONLY public.customers IN SHARE ROW EXCLUSIVE MODE
    ;
    LOCK TABLE ONLY public.orders IN ACCESS EXCLUSIVE MODE
    ;
    ALTER TABLE orders ADD COLUMN a int -- why
    ;
    COMMENT ON COLUMN orders.a IS $$x$$
    ;
    ",
    }
  `);
});

test('a role that may not lower deadlock_timeout does not try, and a scan has no statement timeout', () => {
  const step = transactionStep('01', 'ALTER TABLE orders VALIDATE CONSTRAINT c', {
    lockClass: 'scan',
    statementTimeoutMs: null,
  });
  const { work } = strikeSql(
    { step, address, attempts: 1, lockTimeoutMs: 5_000, budget: null, targets: [] },
    { setsDeadlockTimeout: false, ledgerSql: 'SELECT 1' },
  );
  expect(work).not.toMatch(/deadlock_timeout/);
  expect(work).toMatch(/statement_timeout = 0\n/);
});

test('every second strike takes the trees the other way round, parents first all the same', () => {
  const step = transactionStep('01', 'ALTER TABLE b ADD FOREIGN KEY (a) REFERENCES a', { locks: [] });
  const target = (relation: string, tree: string) =>
    ({ relation: `public.${relation}`, tree: `public.${tree}`, mode: 'SHARE ROW EXCLUSIVE', lockable: true }) as const;
  const targets = [target('a', 'a'), target('b', 'b'), target('b_1', 'b'), target('c', 'c')];
  const orderOf = (attempts: number): readonly string[] => {
    const order = { step, address, attempts, lockTimeoutMs: 100, budget: null, targets };
    const { work } = strikeSql(order, { setsDeadlockTimeout: true, ledgerSql: 'SELECT 1' });
    return [...work.matchAll(/LOCK TABLE ONLY public\.(\w+)/g)].map(([, name = '']) => name);
  };
  expect(orderOf(1)).toEqual(['a', 'b', 'b_1', 'c']);
  expect(orderOf(2)).toEqual(['c', 'b', 'b_1', 'a']);
  expect(orderOf(3)).toEqual(['a', 'b', 'b_1', 'c']);
});
