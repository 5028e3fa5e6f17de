import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/error.ts';
import type { Finding } from '../../src/model/finding.ts';
import { renderReport } from '../../src/report/reporters.ts';
import { savedAbandon, savedCheck, savedExplain, savedPlan, savedResolve, savedStatus } from './saved-reports.ts';

describe('text', () => {
  it('of check is in the order of the files', () => {
    expect(renderReport(savedCheck, 'text').output).toMatchInlineSnapshot(`
      "drizzle/0002_order_public_id.sql:1:1  error  Adding a column with a volatile default rewrites public.orders.
          [rewrite-volatile-default]
        1 | ALTER TABLE "orders" ADD COLUMN "public_id" uuid DEFAULT gen_random_uuid() NOT NULL;
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        locks     ACCESS EXCLUSIVE on public.orders (reads and writes wait)
        work      rewrites public.orders
        so        Every reader and writer of public.orders waits behind it for as long as the rewrite takes, and
                  everybody who comes later queues behind them.
        why       A volatile default has to be computed for every row (measured on 18.4).
        safe way  Add the column without a default, set the default for new rows, and fill the old ones in batches.
        next      evenkeel plan drizzle/0002_order_public_id.sql

      drizzle/0010_drop_legacy_code.sql:1:1  warning  Dropping a column that the running application may still read.
          [drop-column]
        1 | ALTER TABLE customers DROP COLUMN legacy_code;
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        locks     ACCESS EXCLUSIVE on public.customers (reads and writes wait)
        loses     column public.customers.legacy_code
        breaks    Code that still names legacy_code fails with 42703.
        so        Requests that name the column fail from that moment on.
        why       Measured on 18.4.
        safe way  Deploy code that does not name the column first, then drop it.
        next      evenkeel plan drizzle/0010_drop_legacy_code.sql

      Notes (evenkeel rules <rule> says more)
        drizzle/0010_drop_legacy_code.sql:5:1  A statement that cannot be judged. [unknown-statement]

      4 statements in 2 files for PostgreSQL 18, judged against replayed migrations: 1 error, 1 warning, 1 note.
      1 statement could not be judged for certain.
      "
    `);
  });

  it('of check without findings says what was judged', () => {
    expect(renderReport({ ...savedCheck, findings: [] }, 'text').output).toMatchInlineSnapshot(`
      "4 statements in 2 files for PostgreSQL 18, judged against replayed migrations: no findings.
      1 statement could not be judged for certain.
      "
    `);
  });

  it('of explain has the facts only', () => {
    expect(renderReport(savedExplain, 'text').output).toMatchInlineSnapshot(`
      "PostgreSQL 16

      drizzle/0002_order_public_id.sql
        1: alter-table ALTER TABLE "orders" ADD COLUMN "public_id" uuid DEFAULT gen_random_uuid() NOT NULL
          locks     ACCESS EXCLUSIVE on public.orders (reads and writes wait)
          work      rewrites public.orders
          certainty known
          why       A volatile default has to be computed for every row (measured on 18.4).
        3: create-index CREATE INDEX CONCURRENTLY i ON orders (customer_id)
          locks     SHARE UPDATE EXCLUSIVE on public.orders (reads and writes go on)
          work      reads all of public.orders
          work      builds index public.i
          runs      only outside a transaction
          certainty known
          why       Measured on 18.4.

      drizzle/0010_drop_legacy_code.sql
        1: alter-table ALTER TABLE customers DROP COLUMN legacy_code
          locks     ACCESS EXCLUSIVE on public.customers (reads and writes wait)
          loses     column public.customers.legacy_code
          breaks    Code that still names legacy_code fails with 42703.
          certainty known
          why       Measured on 18.4.
        5: code-block DO $$ BEGIN PERFORM 1; END $$
          locks     not known
          certainty unknown
          why       Evenkeel does not look into DO blocks; write the statements out to have them judged.
      "
    `);
  });

  it('of plan has every step', () => {
    expect(renderReport(savedPlan, 'text').output).toMatchInlineSnapshot(`
      "4 steps for 1 migration on PostgreSQL 18. Made for the schema with fingerprint 0123456789ab; any other is refused.

      drizzle/0002_order_public_id.sql
        #   phase     what                      lock                                     others wait     rows
        01  expand    add-public_id             ACCESS EXCLUSIVE on public.orders        4 s             none
        02  migrate   fill-public_id            ROW EXCLUSIVE on public.orders           2 s, same rows  ~82,000,000
        03  migrate   build-order...lic_id_key  SHARE UPDATE EXCLUSIVE on public.orders  not at all      ~82,000,000
        04  contract  gate-public_id            -                                        -               -

        loss  line 4: Deletes column public.orders.code. There is no way back from it but a backup.
              public.orders has about 82,000,000 rows. This query counts the rows in question:
              SELECT count(*) FROM public.orders WHERE code IS NOT NULL;
        loss  line 5: Makes status of public.orders too narrow for some values: varchar(5). It fails with 22001.
              Accepted in the file: nobody uses the long ones
              3 rows of public.orders in question, counted just now by:
              SELECT count(*) FROM public.orders WHERE length(status) > 5;
              Evenkeel does not decide that. Who has decided says so in a comment at the statement:
              -- evenkeel-ignore data-loss: <reason>
        way   line 1: new column and backfill (add-column-backfill), steps 01 and 02. Old rows have to be written.
              As it stands it rewrites public.orders, under ACCESS EXCLUSIVE on public.orders (reads and writes
              wait). public.orders is 30 GB: about 30 minutes with reads and writes blocked (reckoned with 20 MB/s).
        note  line 3: The statement is safe as it stands and is kept.
        app   The version that runs today runs on.

        expand 01-add-public_id
          why     The column comes without a default, so no row is written.
          how     one transaction, waits at most 100 ms for a lock, at most 2 s a statement
          locks   ACCESS EXCLUSIVE on public.orders (reads and writes wait)
          sql     ALTER TABLE public.orders ADD COLUMN public_id uuid;
          sql     ALTER TABLE public.orders ALTER COLUMN public_id SET DEFAULT gen_random_uuid();
          undo    ALTER TABLE public.orders DROP COLUMN public_id;
          then    public.orders has the column public_id.
        migrate 02-fill-public_id
          why     Old rows get their value in small transactions.
          how     small transactions of about 1,000 rows, at most 2 s a statement each
          locks   ROW EXCLUSIVE on public.orders (reads and writes go on)
          sql     UPDATE public.orders SET public_id = gen_random_uuid() WHERE public_id IS NULL;
          undo    there is none that loses nothing
          then    No row of public.orders lacks public_id.
        migrate 03-build-orders_public_id_key
          why     Built while everybody works on.
          how     outside a transaction, creates public.orders_public_id_key while everybody works on
          locks   SHARE UPDATE EXCLUSIVE on public.orders (reads and writes go on)
          sql     CREATE UNIQUE INDEX CONCURRENTLY orders_public_id_key ON public.orders (public_id);
          undo    DROP INDEX CONCURRENTLY public.orders_public_id_key;
          then    The index is valid.
        contract 04-gate-public_id
          why     Old code does not know the column.
          how     waits for a deployment
          gate    Deploy the code that writes public_id; don't go on before every instance runs it.
          before  Both may run side by side. Fix forward: there is no undo of 02-fill-public_id that loses nothing.
          after   Only versions that write public_id. INSERTs that leave public_id NULL fail with 23502. Fix forward
                  all the same.

      Next: evenkeel apply drizzle/0002_order_public_id.sql
      "
    `);
  });

  it('of status tells where each migration stands', () => {
    expect(renderReport(savedStatus, 'text').output).toMatchInlineSnapshot(`
      "Database 127.0.0.1:5432/shop
      A runner is at work: server process 4711, since 2026-01-05T09:00:00Z.

        applied    0000_create_tables 2026-01-05T09:00:01Z
        gated      0002_order_public_id 1 step done
                     gated: Deploy first: the code that writes public_id.
                     next: evenkeel apply drizzle --past-gate 0002_order_public_id:04-gate-public_id
        pending    0003_x

      3 migrations: 1 applied, 1 gated, 1 pending.
      Next: evenkeel apply drizzle --past-gate 0002_order_public_id:04-gate-public_id
      "
    `);
  });

  it('of resolve and abandon tell what was done, what stays, and what to type', () => {
    expect(renderReport(savedResolve, 'text').output).toMatchInlineSnapshot(`
      "Database 127.0.0.1:5432/shop

        marked   01-add-public_id
          because  what it makes is there, by definition
        refused  02-fill
          because  this does not hold: no row of public.orders is left to do

      0002_order_public_id is not through yet.
      Next: mend it, then: evenkeel resolve 0002_order_public_id 02-fill
      "
    `);
    expect(renderReport(savedAbandon, 'text').output).toMatchInlineSnapshot(`
      "Database 127.0.0.1:5432/shop

      What it did stays as it is. Where a step can be taken back, this is how, from the top; what was written since into what an undo drops is lost with it:
        passed   03-gate
          why     New code has to be there.
          undo    a gate has none
        done     01-add-public_id
          why     The column comes without a default, so no row is written.
          undo    ALTER TABLE public.orders DROP COLUMN public_id

      Cleared away, as nothing but this migration needed it:
        The index public.orders_public_id_key on public.orders, whose build broke off.

      0002_order_public_id is given up. Mend drizzle/0002_order_public_id.sql and apply it anew, or remove the file. To take steps back, put their SQL into a migration: apply then guards it.
      "
    `);
    const half = { ...savedAbandon, isAbandoned: false, nextCommand: 'evenkeel abandon 0002_order_public_id' };
    expect(renderReport(half, 'text')).toMatchObject({
      exitCode: 3,
      output: expect.stringMatching(/is not given up yet: .*\nNext: evenkeel abandon 0002_order_public_id\n$/),
    });
    expect(renderReport(savedAbandon, 'json').exitCode).toBe(0);
    expect(renderReport(savedResolve, 'json').exitCode).toBe(1);
  });

  it('is the same words with colours', () => {
    const colours = pico.createColors(true);
    for (const report of [savedCheck, savedExplain, savedPlan, savedStatus, savedResolve, savedAbandon]) {
      const coloured = renderReport(report, 'text', colours).output;
      expect(coloured).toContain('\x1b[');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters.
      expect(coloured.replaceAll(/\x1b\[\d+m/g, '')).toBe(renderReport(report, 'text').output);
    }
  });
});

describe('json', () => {
  it('of explain is the stable contract, key by key', () => {
    expect(renderReport(savedExplain, 'json').output).toMatchInlineSnapshot(`
      "{
        "version": 1,
        "server": "postgresql 16",
        "files": [
          {
            "path": "drizzle/0002_order_public_id.sql",
            "statements": [
              {
                "sql": "ALTER TABLE \\"orders\\" ADD COLUMN \\"public_id\\" uuid DEFAULT gen_random_uuid() NOT NULL",
                "line": 1,
                "kind": "alter-table",
                "locks": [
                  {
                    "relation": "public.orders",
                    "mode": "ACCESS EXCLUSIVE"
                  }
                ],
                "rewrites": [
                  "public.orders"
                ],
                "scans": [],
                "indexBuilds": [],
                "transaction": "any",
                "blocks": {
                  "reads": true,
                  "writes": true
                },
                "certainty": "known",
                "because": [
                  "A volatile default has to be computed for every row (measured on 18.4)."
                ]
              },
              {
                "sql": "CREATE INDEX CONCURRENTLY i\\n  ON orders (customer_id)",
                "line": 3,
                "kind": "create-index",
                "locks": [
                  {
                    "relation": "public.orders",
                    "mode": "SHARE UPDATE EXCLUSIVE"
                  }
                ],
                "rewrites": [],
                "scans": [
                  "public.orders"
                ],
                "indexBuilds": [
                  "public.i"
                ],
                "transaction": "outside-only",
                "blocks": {
                  "reads": false,
                  "writes": false
                },
                "certainty": "known",
                "because": [
                  "Measured on 18.4."
                ]
              }
            ]
          },
          {
            "path": "drizzle/0010_drop_legacy_code.sql",
            "statements": [
              {
                "sql": "ALTER TABLE customers DROP COLUMN legacy_code",
                "line": 1,
                "kind": "alter-table",
                "locks": [
                  {
                    "relation": "public.customers",
                    "mode": "ACCESS EXCLUSIVE"
                  }
                ],
                "rewrites": [],
                "scans": [],
                "indexBuilds": [],
                "transaction": "any",
                "blocks": {
                  "reads": true,
                  "writes": true
                },
                "certainty": "known",
                "because": [
                  "Measured on 18.4."
                ]
              },
              {
                "sql": "DO $$ BEGIN PERFORM 1; END $$",
                "line": 5,
                "kind": "code-block",
                "locks": [],
                "rewrites": [],
                "scans": [],
                "indexBuilds": [],
                "transaction": "any",
                "blocks": {
                  "reads": false,
                  "writes": false
                },
                "certainty": "unknown",
                "because": [
                  "Evenkeel does not look into DO blocks; write the statements out to have them judged."
                ]
              }
            ]
          }
        ]
      }
      "
    `);
  });

  it('of check has the facts of the statement in every finding', () => {
    const { findings, ...rest } = JSON.parse(renderReport(savedCheck, 'json').output);
    expect(rest).toMatchInlineSnapshot(`
      {
        "baseline": null,
        "context": "replayed migrations",
        "problems": [],
        "server": "postgresql 18",
        "since": null,
        "summary": {
          "errors": 1,
          "files": 2,
          "infos": 1,
          "statements": 4,
          "suppressed": 0,
          "unknown": 1,
          "unreadable": 0,
          "warnings": 1,
        },
        "suppressed": [],
        "version": 1,
      }
    `);
    expect(findings).toHaveLength(3);
    expect(findings[0]).toMatchInlineSnapshot(`
      {
        "column": 1,
        "consequence": "Every reader and writer of public.orders waits behind it for as long as the rewrite takes, and everybody who comes later queues behind them.",
        "endColumn": 84,
        "endLine": 1,
        "facts": {
          "because": [
            "A volatile default has to be computed for every row (measured on 18.4).",
          ],
          "blocks": {
            "reads": true,
            "writes": true,
          },
          "breaks": [],
          "certainty": "known",
          "failure": null,
          "indexBuilds": [],
          "kind": "alter-table",
          "locks": [
            {
              "mode": "ACCESS EXCLUSIVE",
              "relation": "public.orders",
            },
          ],
          "losses": [],
          "rewrites": [
            "public.orders",
          ],
          "scans": [],
          "transaction": "any",
        },
        "fingerprint": "cf1776032ae5472480dc8ccd24e55bee0cf438e761bbf09dbf878383d8a5f2a8",
        "focus": {
          "column": 1,
          "endColumn": 84,
          "endLine": 1,
          "line": 1,
        },
        "line": 1,
        "nextCommand": "evenkeel plan drizzle/0002_order_public_id.sql",
        "path": "drizzle/0002_order_public_id.sql",
        "recipe": "add-column-volatile-default",
        "relations": [
          "public.orders",
        ],
        "remedy": "Add the column without a default, set the default for new rows, and fill the old ones in batches.",
        "rule": "rewrite-volatile-default",
        "severity": "error",
        "sql": "ALTER TABLE "orders" ADD COLUMN "public_id" uuid DEFAULT gen_random_uuid() NOT NULL",
        "title": "Adding a column with a volatile default rewrites public.orders.",
      }
    `);
  });

  it('of plan is the plan itself', () => {
    expect(JSON.parse(renderReport(savedPlan, 'json').output)).toMatchObject(savedPlan.plan);
  });

  it('of status is the report', () => {
    const { kind: _, ...rest } = savedStatus;
    expect(JSON.parse(renderReport(savedStatus, 'json').output)).toEqual(rest);
  });
});

describe('sql', () => {
  it('of plan is a script with the timeouts of each step', () => {
    expect(renderReport(savedPlan, 'sql').output).toMatchInlineSnapshot(`
      "-- Safe plan for PostgreSQL 18, made for the schema with fingerprint
      -- 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.
      -- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
      -- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
      -- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

      -- ==================== drizzle/0002_order_public_id.sql

      -- 01-add-public_id (expand)
      -- The column comes without a default, so no row is written.
      -- locks: ACCESS EXCLUSIVE on public.orders (reads and writes wait)
      BEGIN;
      SET LOCAL lock_timeout = '100ms';
      SET LOCAL statement_timeout = '2000ms';
      ALTER TABLE public.orders ADD COLUMN public_id uuid;
      ALTER TABLE public.orders ALTER COLUMN public_id SET DEFAULT gen_random_uuid();
      COMMIT;
      -- afterwards: public.orders has the column public_id.
      -- undo: ALTER TABLE public.orders DROP COLUMN public_id;

      -- 02-fill-public_id (migrate)
      -- Old rows get their value in small transactions.
      -- locks: ROW EXCLUSIVE on public.orders (reads and writes go on)
      SET statement_timeout = 0;
      DO $evenkeel$
      BEGIN
        WHILE EXISTS (SELECT FROM public.orders WHERE public_id IS NULL) LOOP
          SET LOCAL lock_timeout = '100ms';
          UPDATE public.orders SET public_id = gen_random_uuid() WHERE (public_id IS NULL) AND ("id") IN (
            SELECT "id" FROM public.orders WHERE public_id IS NULL ORDER BY "id" LIMIT 1000 FOR UPDATE);
          COMMIT;
        END LOOP;
      END $evenkeel$;
      RESET statement_timeout;
      -- afterwards: No row of public.orders lacks public_id.

      -- 03-build-orders_public_id_key (migrate)
      -- Built while everybody works on.
      -- locks: SHARE UPDATE EXCLUSIVE on public.orders (reads and writes go on)
      SET lock_timeout = 0;
      SET statement_timeout = 0;
      CREATE UNIQUE INDEX CONCURRENTLY orders_public_id_key ON public.orders (public_id);
      RESET lock_timeout;
      RESET statement_timeout;
      -- afterwards: The index is valid.
      -- undo: DROP INDEX CONCURRENTLY public.orders_public_id_key;

      -- 04-gate-public_id (contract)
      -- Old code does not know the column.
      -- Deploy the code that writes public_id; don't go on before every instance runs it.
      -- Take the next statement out once that is done.
      DO $evenkeel$ BEGIN RAISE EXCEPTION USING MESSAGE = 'Gate 04-gate-public_id: Deploy the code that writes public_id; don''t go on before every instance runs it.'; END $evenkeel$;
      "
    `);
  });

  it('is for plans only', () => {
    expect(() => renderReport(savedCheck, 'sql')).toThrow(UsageError);
  });
});

describe('exit code', () => {
  const only = (severity: Finding['severity']): readonly Finding[] =>
    savedCheck.findings.filter((finding) => finding.severity === severity);

  it.each([
    ['error', 1],
    ['warning', 1],
    ['info', 0],
  ] as const)('of check with nothing but %s is %i', (severity, exitCode) => {
    expect(renderReport({ ...savedCheck, findings: only(severity) }, 'text').exitCode).toBe(exitCode);
  });

  it.each([
    ['pending', 0],
    ['running', 0],
    ['gated', 0],
    ['applied', 0],
    ['failed', 1],
    ['edited', 1],
    ['missing', 1],
    ['abandoning', 1],
    ['abandoned', 0],
  ] as const)('of status with a migration that is %s is %i', (state, exitCode) => {
    const migrations = [{ id: 'a', path: 'a.sql', state, record: null, note: null, situation: null }];
    expect(renderReport({ ...savedStatus, migrations }, 'json').exitCode).toBe(exitCode);
  });

  it('of explain and plan is 0', () => {
    expect(renderReport(savedExplain, 'text').exitCode).toBe(0);
    expect(renderReport(savedPlan, 'text').exitCode).toBe(0);
  });
});
