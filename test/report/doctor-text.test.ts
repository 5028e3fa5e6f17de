import { expect, test } from 'vitest';
import { renderReport } from '../../src/report/reporters.ts';
import { savedDoctor, savedPreflight } from './saved-reports.ts';

test('the doctor tells what failed first, each with what to type, and steers no terminal', () => {
  const { output, exitCode } = renderReport(savedDoctor, 'text');
  expect(exitCode).toBe(1);
  expect(output).not.toContain('\u001b');
  expect(output).toMatchInlineSnapshot(`
    "Database 127.0.0.1:5432/shop as role migrator
    PostgreSQL 16.4 on x86_64-pc-linux-gnu, compiled by gcc 12.2.0, 64-bit

    fail  replication.synchronous
      measured Commits wait for 1 standby of a; connected and in step: 0.
      why      A commit waits for its synchronous standby while it holds its locks, and no timeout ends that wait.
      next     start the standby

    warn  transactions.idle
      measured 1 session: pid 4711 (psql�[31m, app) idle in transaction for 5 min: UPDATE orders SET note = ?.
      why      A session that idles in its transaction does no work and keeps its locks.
      next     end the transaction where it was begun, or SELECT pg_terminate_backend(4711);

    unknown  resources.disk
      measured The database has 12 GB; biggest: public.orders 8 GB (indexes 3 GB). How much room is left, SQL
               cannot tell.
      why      A backfill or a new index needs room beside the old.
      next     df -h /var/lib/postgresql/16/main

    In order
      server.version  Version 16 is one of those that were measured.

    1 failed, 1 to look at, 1 not known, 1 in order.
    "
  `);
});

test('preflight tells step by step who is in the way', () => {
  const { output, exitCode } = renderReport(savedPreflight, 'text');
  expect(exitCode).toBe(1);
  expect(output).toMatchInlineSnapshot(`
    "Database 127.0.0.1:5432/shop

    fail  replication.synchronous
      measured Commits wait for 1 standby of a; connected and in step: 0.
      why      A commit waits for its synchronous standby while it holds its locks, and no timeout ends that wait.
      next     start the standby

        wait     Another run is under way: pid 99 (evenkeel:control:x).
        next     evenkeel status <folder>

      wait     0002_order_public_id/01-add-public_id transaction
        wait     pid 4711 (psql, app) holds ACCESS SHARE on public.orders, idle in transaction, open for 5 min.
        its SQL  SELECT * FROM orders WHERE id = ?
        next     SELECT pg_terminate_backend(4711);
      clear    0002_order_public_id/03-build-orders_public_id_key concurrent-index
        note     The build needs less than 8 GB of disk, which is what the table has.

    Then a gate, 0002_order_public_id/04-gate-public_id: Deploy the code that writes public_id.

    Not now: somebody is in the way.
    Next: evenkeel preflight drizzle -- again, once the way is clear
    "
  `);
});

test('the last sentence and the exit code say the same', () => {
  const { steps, gate } = savedPreflight;
  const clear = { ...savedPreflight, verdict: 'clear', reasons: [], checks: [] } as const;
  const last = (report: typeof savedPreflight): readonly [string, number] => {
    const { output, exitCode } = renderReport({ ...report, nextCommand: null }, 'text');
    return [output.trim().split('\n').pop() ?? '', exitCode];
  };
  expect(last({ ...clear, steps })).toEqual(['The way is clear for 2 steps, at this moment.', 0]);
  expect(last({ ...clear, steps: [], gate })).toEqual(['Nothing can run before that gate.', 1]);
  expect(last({ ...clear, steps: [], gate: null })).toEqual(['There is nothing to run.', 0]);
  expect(last({ ...savedPreflight, verdict: 'refused' })).toEqual([
    'Not now: a person has to mend something first.',
    1,
  ]);
});
