import { describe, expect, test } from 'vitest';
import type { Step } from '../../src/model/plan.ts';
import type { PlanReport } from '../../src/model/report.ts';
import { mergeFreshSteps } from '../../src/plan/merge-fresh-steps.ts';
import { alignedTable } from '../../src/report/aligned-table.ts';
import { displayWidth } from '../../src/report/display-width.ts';
import { renderReport } from '../../src/report/reporters.ts';
import { stepBlock, stepRows } from '../../src/report/step-text.ts';
import { savedPlan } from './saved-reports.ts';

const STEPS = savedPlan.plan.migrations[0]?.steps ?? [];

function stepOf<Kind extends Step['kind']>(kind: Kind): Extract<Step, { kind: Kind }> {
  const found = STEPS.find((step): step is Extract<Step, { kind: Kind }> => step.kind === kind);
  if (found === undefined) throw new TypeError(`the saved plan has no ${kind}`);
  return found;
}

function textOf(steps: readonly Step[], more: Partial<PlanReport> = {}): string {
  const migrations = savedPlan.plan.migrations.map((one) => ({ ...one, steps }));
  return renderReport({ ...savedPlan, plan: { ...savedPlan.plan, migrations }, ...more }, 'text').output;
}

describe('SQL in the text of a plan', () => {
  const linesOf = (count: number): string =>
    Array.from({ length: count }, (_, index) => `line ${index + 1}`).join('\n');
  const shown = (count: number): readonly string[] =>
    textOf([{ ...stepOf('transaction'), sql: [linesOf(count)], undo: [] }])
      .split('\n')
      .map((line) => line.replace(/^ +(?:sql)? +/, ''))
      .filter((line) => /^line \d+;?$|^\.\.\. /.test(line));

  test('of more than seven lines is cut to six', () => {
    expect(shown(20)).toEqual([...linesOf(6).split('\n'), '... 14 more lines: --format sql shows them']);
  });

  test('of seven lines is shown whole, as a line that says so would take the same room', () => {
    expect(shown(7)).toEqual([...linesOf(6).split('\n'), 'line 7;']);
  });
});

describe('the table of steps', () => {
  test('has wide letters in line, cuts names in the middle, and keeps to its width', () => {
    const rows = [
      ['01', '価格を追加', 'ACCESS EXCLUSIVE on public.orders', '5 s'],
      ['02', 'validate-a_name_that_goes_on_and_on_and_ends', 'SHARE', 'not at all'],
      ['03', 'with\na break', 'SHARE', '-'],
    ];
    const table = alignedTable(rows, 70, [1, 2]);
    for (const line of table) {
      expect(displayWidth(line)).toBeLessThanOrEqual(70);
      expect(line).not.toContain('\n');
    }
    expect(table[1]).toMatch(/^02 {2}validate-\S*\.\.\.\S*ends {2}SHARE/);
    const columns = table.map((line) => displayWidth(line.slice(0, line.search(/ACCESS|SHARE/))));
    expect(new Set(columns).size).toBe(1);
  });

  test('says how long others wait at most, by the limits of the step', () => {
    const brief = stepOf('transaction');
    // Two statements of two seconds each.
    expect(stepBlock(brief)).toBe('4 s');
    expect(stepBlock({ ...brief, sql: ["SET LOCAL search_path = 'a'", 'ALTER TABLE a.b ADD c int'] })).toBe('2 s');
    expect(stepBlock({ ...brief, lockClass: 'fresh' })).toBe('not at all');
    const mild = {
      ...brief,
      lockClass: 'scan',
      locks: [{ relation: 'public.a', mode: 'SHARE UPDATE EXCLUSIVE' }],
    } as const;
    expect(stepBlock({ ...mild, statementTimeoutMs: null })).toBe('not at all');
    expect(stepBlock({ ...brief, lockClass: 'scan', statementTimeoutMs: null })).toBe('no limit, watched');
    const rows = { ...brief, lockClass: 'rows', locks: [{ relation: 'public.a', mode: 'ROW EXCLUSIVE' }] } as const;
    expect(stepBlock(rows)).toBe('4 s, same rows');
    expect(stepBlock(stepOf('backfill'))).toBe('2 s, same rows');
    expect(stepBlock(stepOf('gate'))).toBe('-');
  });

  test('has rows where the statistics tell, and says all where they do not', () => {
    const backfill = stepOf('backfill');
    expect(stepRows(backfill, savedPlan.sizes)).toBe('~82,000,000');
    expect(stepRows(backfill, {})).toBe('all');
    expect(stepRows(backfill, { 'public.orders': { rows: null, bytes: 5 } })).toBe('all');
    expect(stepRows({ ...stepOf('concurrent-index'), verb: 'drop' }, savedPlan.sizes)).toBe('none');
    expect(stepRows(stepOf('transaction'), savedPlan.sizes)).toBe('none');
  });

  test('a plan of a hundred steps and more has a number for each', () => {
    const { steps } = mergeFreshSteps(
      Array.from(
        { length: 120 },
        (_, index): Step => ({
          ...stepOf('transaction'),
          id: `${String(index + 1).padStart(2, '0')}-step`,
        }),
      ),
    );
    expect(steps[99]?.id).toBe('100-step');
    expect(new Set(steps.map(({ id }) => id)).size).toBe(120);
    expect(textOf(steps)).toMatch(/\n {2}100 {2}expand {2,}step /);
  });
});

test('what is said of a migration stands with it alone', () => {
  const path = 'other.sql';
  const text = textOf(STEPS, {
    choices: savedPlan.choices.map((one) => ({ ...one, path })),
    losses: savedPlan.losses.map((one) => ({ ...one, path })),
    rollout: savedPlan.rollout.map((one) => ({ ...one, path })),
    notes: savedPlan.notes.map((one) => ({ ...one, path })),
  });
  expect(text).not.toMatch(/^ {2}(?:loss|way|note|app) /m);
});
