import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/model/error.ts';
import type { CheckReport } from '../../src/model/report.ts';
import { renderReport } from '../../src/report/reporters.ts';
import {
  fullCheck,
  savedAbandon,
  savedCheck,
  savedDoctor,
  savedExplain,
  savedPlan,
  savedPreflight,
  savedResolve,
  savedStatus,
} from './saved-reports.ts';
import { gitlabValidator, junitComplaints, ownValidator, sarifValidator } from './schema-validators.ts';

const empty: CheckReport = { ...savedCheck, files: [], findings: [], rules: [] };
const CHECKS = [
  ['findings', savedCheck],
  ['everything', fullCheck],
  ['nothing', empty],
] as const;

const [nasty] = savedCheck.findings;
/** Every character that means something to some format. */
const NASTY = 'a%b:c,d\r\ne<f>&"g\' `h` |i| *j* @k #1 ::error:: ]]> </details> \u0000\u001b[31m\ud800 \u202e é😀';
const nastyCheck: CheckReport = {
  ...savedCheck,
  context: NASTY,
  findings: nasty === undefined ? [] : [{ ...nasty, title: NASTY, consequence: NASTY, remedy: NASTY, sql: NASTY }],
};

describe('valid by the published schema', () => {
  test.each([...CHECKS, ['anything in the texts', nastyCheck] as const])('with %s', async (_name, report) => {
    const json = (format: 'json' | 'sarif' | 'gitlab'): unknown => JSON.parse(renderReport(report, format).output);
    expect(sarifValidator()(json('sarif'))).toEqual([]);
    expect(gitlabValidator()(json('gitlab'))).toEqual([]);
    expect(ownValidator('check')(json('json'))).toEqual([]);
    expect(await junitComplaints(renderReport(report, 'junit').output)).toEqual([]);
  });

  test('the validators do complain', async () => {
    expect(sarifValidator()({ version: '2.1.0', runs: [{}] })).not.toEqual([]);
    expect(gitlabValidator()([{ description: 'x' }])).not.toEqual([]);
    expect(ownValidator('check')({ ...JSON.parse(renderReport(savedCheck, 'json').output), more: 1 })).not.toEqual([]);
    expect(await junitComplaints('<testsuites><testsuite/></testsuites>')).not.toEqual([]);
  });

  test.each([
    ['explain', savedExplain],
    ['plan', savedPlan],
    ['status', savedStatus],
    ['resolve', savedResolve],
    ['abandon', savedAbandon],
    ['doctor', savedDoctor],
    ['preflight', savedPreflight],
  ] as const)('the JSON of %s', (name, report) => {
    expect(ownValidator(name)(JSON.parse(renderReport(report, 'json').output))).toEqual([]);
  });
});

describe('sarif', () => {
  test('has findings with their places, accepted ones with the reason, and unreadable files', () => {
    const { runs } = JSON.parse(renderReport(fullCheck, 'sarif').output);
    expect(runs).toHaveLength(1);
    const [run] = runs;
    expect(run.results.map((result: { level: string }) => result.level)).toEqual(['error', 'note', 'warning']);
    expect(run.results[0]).toMatchObject({
      ruleId: 'rewrite-volatile-default',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'shop/drizzle/0002_order_public_id.sql' },
            region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 84 },
          },
        },
      ],
    });
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
    expect(run.results[2].suppressions).toEqual([
      { kind: 'inSource', status: 'accepted', justification: 'nothing reads it & never will: "sure"' },
    ]);
    expect(run.invocations[0]).toMatchObject({ executionSuccessful: false });
    expect(run.invocations[0].toolExecutionNotifications[1]).toMatchObject({
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'shop/drizzle/0012_gr%C3%B6%C3%9Fe%2C%20100%25.sql' } } },
      ],
    });
  });
});

describe('github', () => {
  test('is workflow commands, escaped as the runner reads them, then the summary', () => {
    expect(renderReport(fullCheck, 'github').output).toMatchInlineSnapshot(`
      "::error file=shop/drizzle/0011_broken.sql,line=2,endLine=2,col=13,endColumn=13,title=evenkeel%3A unreadable::syntax error at or near "NUL"; expected NULL instead of NUL.%0ANothing in this file is judged, and the files after it are judged without what it does.%0AEvenkeel reads SQL as PostgreSQL 18 does; what only a later version knows is beyond it.%0ANext: open drizzle/0011_broken.sql:2:13, mend it, and run the same command again
      ::error file=shop/drizzle/0012_größe%2C 100%25.sql,line=3,endLine=3,col=7,endColumn=7,title=evenkeel%3A unreadable::The file is not valid UTF-8, so its SQL cannot be read without guessing.%0ANothing in this file is judged, and the files after it are judged without what it does.%0ANext: save it as UTF-8, then run the same command again
      ::error file=shop/drizzle/0002_order_public_id.sql,line=1,endLine=1,col=1,endColumn=84,title=evenkeel%3A rewrite-volatile-default::Adding a column with a volatile default rewrites public.orders.%0AEvery reader and writer of public.orders waits behind it for as long as the rewrite takes, and everybody who comes later queues behind them.%0ASafe way: Add the column without a default, set the default for new rows, and fill the old ones in batches.%0ANext: evenkeel plan drizzle/0002_order_public_id.sql
      ::notice file=shop/drizzle/0010_drop_legacy_code.sql,line=5,endLine=5,col=1,endColumn=30,title=evenkeel%3A unknown-statement::A statement that cannot be judged.%0ANobody can tell what it locks.%0ASafe way: Write its statements out.%0ANext: evenkeel explain drizzle/0010_drop_legacy_code.sql
      4 statements in 2 files for PostgreSQL 18, judged against replayed migrations: 2 files could not be read; 1 error, 1 note.
      1 statement could not be judged for certain.
      1 finding accepted by comments.
      0 findings accepted by evenkeel.baseline.json.
      2 entries of it are not found any more; --write-baseline evenkeel.baseline.json writes it anew.
      9 files unchanged since main were replayed, not judged.
      "
    `);
  });

  test('no text breaks out of its command', () => {
    const lines = renderReport(nastyCheck, 'github').output.split('\n');
    expect(lines.filter((line) => line.startsWith('::'))).toHaveLength(1);
    expect(lines[0]).toContain('a%25b:c,d%0D%0Ae<f>');
  });
});

describe('gitlab', () => {
  test('has one entry a finding and one a file that could not be read', () => {
    const entries = JSON.parse(renderReport(fullCheck, 'gitlab').output);
    expect(
      entries.map((entry: { check_name: string; severity: string }) => `${entry.severity} ${entry.check_name}`),
    ).toEqual([
      'blocker unreadable-file',
      'blocker unreadable-file',
      'critical rewrite-volatile-default',
      'info unknown-statement',
    ]);
    expect(entries[2].location).toEqual({ path: 'shop/drizzle/0002_order_public_id.sql', lines: { begin: 1, end: 1 } });
  });
});

describe('junit', () => {
  test('is a suite a file and a test a statement', () => {
    expect(renderReport(fullCheck, 'junit').output).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="evenkeel check" tests="6" failures="1" errors="2">
        <testsuite name="drizzle/0002_order_public_id.sql" tests="2" failures="1" errors="0" skipped="0">
          <testcase classname="drizzle/0002_order_public_id.sql" name="line 1: ALTER TABLE &quot;orders&quot; ADD COLUMN &quot;public_id&quot; uuid DEFAULT gen_random_uuid() NO...">
            <failure message="rewrite-volatile-default">error: Adding a column with a volatile default rewrites public.orders.
      Every reader and writer of public.orders waits behind it for as long as the rewrite takes, and everybody who comes later queues behind them.
      Safe way: Add the column without a default, set the default for new rows, and fill the old ones in batches.
      Next: evenkeel plan drizzle/0002_order_public_id.sql</failure>
          </testcase>
          <testcase classname="drizzle/0002_order_public_id.sql" name="line 3: CREATE INDEX CONCURRENTLY i ON orders (customer_id)"/>
        </testsuite>
        <testsuite name="drizzle/0010_drop_legacy_code.sql" tests="2" failures="0" errors="0" skipped="1">
          <testcase classname="drizzle/0010_drop_legacy_code.sql" name="line 1: ALTER TABLE customers DROP COLUMN legacy_code">
            <skipped message="drop-column: nothing reads it &amp; never will: &quot;sure&quot;"/>
          </testcase>
          <testcase classname="drizzle/0010_drop_legacy_code.sql" name="line 5: DO $$ BEGIN PERFORM 1; END $$">
            <system-out>info: A statement that cannot be judged.
      Nobody can tell what it locks.
      Safe way: Write its statements out.
      Next: evenkeel explain drizzle/0010_drop_legacy_code.sql</system-out>
          </testcase>
        </testsuite>
        <testsuite name="drizzle/0011_broken.sql" tests="1" failures="0" errors="1" skipped="0">
          <testcase classname="drizzle/0011_broken.sql" name="line 2, column 13">
            <error message="syntax error at or near &quot;NUL&quot;; expected NULL instead of NUL.">syntax error at or near &quot;NUL&quot;; expected NULL instead of NUL.
      Nothing in this file is judged, and the files after it are judged without what it does.
      Evenkeel reads SQL as PostgreSQL 18 does; what only a later version knows is beyond it.
      Next: open drizzle/0011_broken.sql:2:13, mend it, and run the same command again</error>
          </testcase>
        </testsuite>
        <testsuite name="drizzle/0012_größe, 100%.sql" tests="1" failures="0" errors="1" skipped="0">
          <testcase classname="drizzle/0012_größe, 100%.sql" name="line 3, column 7">
            <error message="The file is not valid UTF-8, so its SQL cannot be read without guessing.">The file is not valid UTF-8, so its SQL cannot be read without guessing.
      Nothing in this file is judged, and the files after it are judged without what it does.
      Next: save it as UTF-8, then run the same command again</error>
          </testcase>
        </testsuite>
      </testsuites>
      "
    `);
  });
});

describe('markdown', () => {
  test('is one comment with a marker, the gravest first', () => {
    expect(renderReport(fullCheck, 'markdown').output).toMatchInlineSnapshot(`
      "<!-- evenkeel:check -->

      ### Evenkeel: 2 files could not be read; 1 error, 1 note

      ❌ <code>drizzle/0011_broken.sql:2:13</code> syntax error at or near "NUL"; expected NULL instead of NUL.  
      Nothing in this file is judged, and the files after it are judged without what it does. Evenkeel reads SQL as PostgreSQL 18 does; what only a later version knows is beyond it.

      ❌ <code>drizzle/0012_größe, 100%.sql:3:7</code> The file is not valid UTF-8, so its SQL cannot be read without guessing.  
      Nothing in this file is judged, and the files after it are judged without what it does.

      <details><summary>🔴 <code>drizzle/0002_order_public_id.sql:1</code> Adding a column with a volatile default rewrites public.orders.</summary>

      \`\`\`sql
      ALTER TABLE "orders" ADD COLUMN "public_id" uuid DEFAULT gen_random_uuid() NOT NULL
      \`\`\`

      **What happens.** Every reader and writer of public.orders waits behind it for as long as the rewrite takes, and everybody who comes later queues behind them.

      - ACCESS EXCLUSIVE on public.orders (reads and writes wait)
      - rewrites public.orders

      **The safe way.** Add the column without a default, set the default for new rows, and fill the old ones in batches. (recipe add-column-volatile-default)

      \`evenkeel plan drizzle/0002_order_public_id.sql\` · rule rewrite-volatile-default

      </details>

      <details><summary>🔵 1 note</summary>

      - <code>drizzle/0010_drop_legacy_code.sql:5</code> A statement that cannot be judged. (unknown-statement)

      </details>

      4 statements in 2 files for PostgreSQL 18, judged against replayed migrations: 2 files could not be read; 1 error, 1 note.  
      1 statement could not be judged for certain.  
      1 finding accepted by comments.  
      0 findings accepted by evenkeel.baseline.json.  
      2 entries of it are not found any more; --write-baseline evenkeel.baseline.json writes it anew.  
      9 files unchanged since main were replayed, not judged.
      "
    `);
  });

  test('says so when there is nothing', () => {
    expect(renderReport(empty, 'markdown').output).toMatchInlineSnapshot(`
      "<!-- evenkeel:check -->

      ### Evenkeel: no findings

      0 statements in 0 files for PostgreSQL 18, judged against replayed migrations: no findings.
      "
    `);
  });

  test('fits into a comment of GitHub however many findings there are', () => {
    const many = Array.from({ length: 500 }, () => savedCheck.findings[1]).filter((finding) => finding !== undefined);
    const { output } = renderReport({ ...savedCheck, findings: many }, 'markdown');
    expect(output.length).toBeLessThan(65_536);
    expect(output).toMatch(/And \d+ more; `evenkeel check` shows them all/);
  });

  test('no text is markup', () => {
    const { output } = renderReport(nastyCheck, 'markdown');
    const outsideFences = output.replaceAll(/^(`{3,})sql\n[\s\S]*?\n\1$/gm, '');
    expect(outsideFences.match(/<\/details>/g)).toHaveLength(1);
    expect(outsideFences).not.toMatch(/@k|#1/);
  });
});

test('those forms are for check only', () => {
  for (const format of ['sarif', 'github', 'gitlab', 'junit'] as const) {
    expect(() => renderReport(savedPlan, format)).toThrow(UsageError);
  }
});

test('a file that could not be read makes it exit with 2, whatever the format', () => {
  for (const format of ['text', 'json', 'sarif', 'github', 'gitlab', 'junit', 'markdown'] as const) {
    expect(renderReport(fullCheck, format).exitCode).toBe(2);
    expect(renderReport(savedCheck, format).exitCode).toBe(1);
    expect(renderReport(empty, format).exitCode).toBe(0);
  }
});
