import { describe, expect, test } from 'vitest';
import type { GateStep, Step } from '../../src/model/plan.ts';
import type { PlanReport } from '../../src/model/report.ts';
import { renderReport } from '../../src/report/reporters.ts';
import { savedPlan } from './saved-reports.ts';

function withSteps(change: (steps: readonly Step[]) => readonly Step[]): PlanReport {
  const migrations = savedPlan.plan.migrations.map((one) => ({ ...one, steps: change(one.steps) }));
  return { ...savedPlan, plan: { ...savedPlan.plan, migrations } };
}

describe('plan --format markdown', () => {
  test('is one comment with a marker: table, losses, deployments, ways, notes, SQL', () => {
    expect(renderReport(savedPlan, 'markdown').output).toMatchInlineSnapshot(`
      "<!-- evenkeel:plan -->

      ### Evenkeel: 4 steps for 1 migration on PostgreSQL 18, 1 gate to deploy at, 1 loss to decide on

      #### <code>drizzle/0002_order_public_id.sql</code>

      | # | phase | step | lock | others wait at most | transaction | rows | undo |
      | --- | --- | --- | --- | --- | --- | --- | --- |
      | 01 | expand | <code>add-public_id</code> | ACCESS EXCLUSIVE on public.orders | 4 s | one | none | yes |
      | 02 | migrate | <code>fill-public_id</code> | ROW EXCLUSIVE on public.orders | 2 s, same rows | one for each 1,000 rows | \\~82,000,000 | none |
      | 03 | migrate | <code>build-orders_public_id_key</code> | SHARE UPDATE EXCLUSIVE on public.orders | not at all | outside of any | \\~82,000,000 | yes |
      | 04 | contract | <code>gate-public_id</code> | - | - | - | - | - |

      **What is lost**

      - <code>drizzle/0002_order_public_id.sql:4</code> Deletes column public.orders.code. There is no way back from it but a backup.
        - public.orders has about 82,000,000 rows. This query counts the rows in question: \`SELECT count(*) FROM public.orders WHERE code IS NOT NULL;\`
      - <code>drizzle/0002_order_public_id.sql:5</code> Makes status of public.orders too narrow for some values: varchar(5). It fails with 22001. Accepted in the file: nobody uses the long ones
        - 3 rows of public.orders in question, counted just now by: \`SELECT count(*) FROM public.orders WHERE length(status) > 5;\`

      Evenkeel does not decide that. Who has decided says so in a comment at the statement: \`-- evenkeel-ignore data-loss: <reason>\`

      **Deployments**

      - From the start: The version that runs today runs on. Fix forward: there is no undo of 02-fill-public\\_id that loses nothing.
      - [ ] <code>04-gate-public_id</code> Deploy the code that writes public\\_id; don't go on before every instance runs it.
        - Before: Both may run side by side. Fix forward: there is no undo of 02-fill-public\\_id that loses nothing.
        - After: Only versions that write public\\_id. INSERTs that leave public\\_id NULL fail with 23502. Fix forward all the same.

      **Why this way**

      - <code>drizzle/0002_order_public_id.sql:1</code> new column and backfill (add-column-backfill), steps 01 and 02. Old rows have to be written.
        - As it stands it rewrites public.orders, under ACCESS EXCLUSIVE on public.orders (reads and writes wait). public.orders is 30 GB: about 30 minutes with reads and writes blocked (reckoned with 20 MB/s).

      **Notes**

      - <code>drizzle/0002_order_public_id.sql:3</code> The statement is safe as it stands and is kept.

      <details><summary><code>drizzle/0002_order_public_id.sql:1</code> 01-add-public_id</summary>

      The column comes without a default, so no row is written.

      \`\`\`sql
      ALTER TABLE public.orders ADD COLUMN public_id uuid;
      ALTER TABLE public.orders ALTER COLUMN public_id SET DEFAULT gen_random_uuid();
      \`\`\`

      Undo:

      \`\`\`sql
      ALTER TABLE public.orders DROP COLUMN public_id;
      \`\`\`

      Afterwards: public.orders has the column public\\_id.

      </details>

      <details><summary><code>drizzle/0002_order_public_id.sql:1</code> 02-fill-public_id</summary>

      Old rows get their value in small transactions.

      \`\`\`sql
      UPDATE public.orders SET public_id = gen_random_uuid() WHERE public_id IS NULL;
      \`\`\`

      Afterwards: No row of public.orders lacks public\\_id.

      </details>

      <details><summary><code>drizzle/0002_order_public_id.sql:3</code> 03-build-orders_public_id_key</summary>

      Built while everybody works on.

      \`\`\`sql
      CREATE UNIQUE INDEX CONCURRENTLY orders_public_id_key ON public.orders (public_id);
      \`\`\`

      Undo:

      \`\`\`sql
      DROP INDEX CONCURRENTLY public.orders_public_id_key;
      \`\`\`

      Afterwards: The index is valid.

      </details>

      Made for the schema with fingerprint <code>0123456789ab</code>; any other is refused. Next: \`evenkeel apply drizzle/0002_order_public_id.sql\`
      "
    `);
  });

  test('says how the proof ended, and names the next command only where it did well', () => {
    const proof = {
      serverVersion: '18.1',
      schema: 'schema.sql',
      outcome: 'different',
      objects: 9,
      differences: ['index public.a_idx is missing'],
      refusal: null,
      notes: [],
    } as const;
    const { output, exitCode } = renderReport({ ...savedPlan, proof }, 'markdown');
    expect(output).toContain('Not proved on PostgreSQL 18.1');
    expect(output).toContain('index public.a\\_idx is missing');
    expect(output).not.toContain('evenkeel apply');
    expect(exitCode).toBe(1);
    const proved = renderReport({ ...savedPlan, proof: { ...proof, outcome: 'equal', differences: [] } }, 'markdown');
    expect(proved.output).toContain('`evenkeel apply drizzle/0002_order_public_id.sql`');
    expect(proved.exitCode).toBe(0);
  });

  test('a plan without steps says so', () => {
    const nothing = { ...withSteps(() => []), choices: [], rollout: [], losses: [], notes: [] };
    expect(renderReport(nothing, 'markdown').output).toContain('Nothing to do.');
  });

  test('fits into a comment of GitHub however many steps there are', () => {
    const many = withSteps((steps) => Array.from({ length: 400 }, () => steps[0]).filter((step) => step !== undefined));
    const { output } = renderReport(many, 'markdown');
    expect(output.length).toBeLessThan(65_536);
    expect(output).toContain('_And 300 steps more._');
    expect(output).toMatch(/_And \d+ more; `evenkeel plan` shows it all\._/);
  });

  test('no text is markup', () => {
    const evil = '</details>|@k #1 `x` ```';
    const gate: GateStep = {
      kind: 'gate',
      id: `04-${evil}`,
      phase: 'contract',
      why: evil,
      line: 1,
      deploy: evil,
      undo: null,
      locks: [],
    };
    const made = withSteps((steps) => [
      ...steps.map((step) => (step.kind === 'transaction' ? { ...step, sql: [evil], why: evil } : step)),
      gate,
    ]);
    const report: PlanReport = {
      ...made,
      notes: [{ path: 'drizzle/0002_order_public_id.sql', line: 1, note: evil }],
      losses: made.losses.map((loss) => ({ ...loss, title: evil })),
    };
    const { output } = renderReport(report, 'markdown');
    const outsideFences = output.replaceAll(/^(`{3,})sql\n[\s\S]*?\n\1$/gm, '');
    const folds = outsideFences.match(/<details>/g)?.length ?? 0;
    expect(folds).toBe(3);
    expect(outsideFences.match(/<\/details>/g)).toHaveLength(folds);
    const outsideCode = outsideFences.replaceAll(/<code>[^<]*<\/code>/g, '');
    expect(outsideCode).toContain('&lt;/details&gt;');
    expect(outsideCode).not.toMatch(/@k|#1 /);
    const cells = outsideFences.split('\n').filter((line) => line.startsWith('| '));
    for (const line of cells) expect(line.match(/(?<!\\)\|/g), line).toHaveLength(9);
  });
});
