import { beforeAll, describe, expect, test } from 'vitest';
import { recipeExample } from '../../scripts/recipe-page.ts';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import { RUNGS } from '../../src/model/plan-choice.ts';
import type { PlanReport } from '../../src/model/report.ts';
import { plan } from '../../src/pipeline/plan.ts';
import { RECIPE_NAMES } from '../../src/plan/recipe.ts';
import { rungOfRecipe } from '../../src/plan/recipes.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

beforeAll(() => loadParser());

const SCHEMA = `CREATE TABLE customers (id int PRIMARY KEY);
  CREATE TABLE t (id int PRIMARY KEY, a int, b text NOT NULL, c varchar(20));
  CREATE TABLE logs (id int, day date) PARTITION BY RANGE (day);
  CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE TABLE logs_2 PARTITION OF logs FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');`;

interface Setting {
  readonly sizes?: Readonly<Record<string, { readonly rows: number; readonly bytes: number }>>;
  readonly major?: number;
}

function planOf(sql: string, { sizes = {}, major = 18 }: Setting = {}): PlanReport {
  const folded = parseStatements(SCHEMA, 'schema').reduce(applyStatement, emptyCatalog(major));
  const entries = Object.entries(folded.relations).map(([key, one]) => {
    const size = sizes[key];
    if (size === undefined || one.kind === 'sequence') return [key, one] as const;
    return [key, { ...one, rowsEstimate: size.rows, bytes: size.bytes }] as const;
  });
  const catalog: Catalog = { ...folded, relations: Object.fromEntries(entries) };
  const parts = sql.split('---').map((text, index) => [`m${index + 1}.sql`, text] as const);
  return plan({
    migrations: parts.map(([path, text]) => ({
      migration: {
        id: path,
        path,
        sql: text,
        checksum: 'x',
        format: 'sql',
        transaction: 'statement',
        foreignLedgerRow: null,
      },
      statements: parseStatements(text, path),
    })),
    catalog,
    catalogIsComplete: true,
    version: { engine: 'postgresql', major },
    timeZone: 'UTC',
    ...(Object.keys(sizes).length === 0
      ? {}
      : { calibration: { scanMbPerSecond: 100, rewriteMbPerSecond: 10, indexRowsPerSecond: 100_000 } }),
  });
}

describe('why this way', () => {
  test.each(RECIPE_NAMES)('%s says its rung, its steps, and what the statement costs as it stands', (name) => {
    const report = recipeExample(name);
    const ids = report.plan.migrations.flatMap(({ steps }) => steps.map(({ id }) => id));
    const ways = report.choices.flatMap((choice) => choice.ways);
    expect(report.choices.length).toBeGreaterThan(0);
    // A recipe that has others plan all of it has no steps of its own.
    const own = ways.filter(({ recipe }) => recipe === name);
    // Of a recipe that stands at several statements, only one may have the dearer steps.
    if (own.length > 0) expect(own.map(({ rung }) => rung)).toContain(rungOfRecipe(name));
    for (const { rung } of own) expect(['catalog-only', rungOfRecipe(name)]).toContain(rung);
    for (const step of ways.flatMap(({ steps }) => steps)) expect(ids).toContain(step);
    for (const { rung, because, naive, ways: all } of report.choices) {
      expect(RUNGS.indexOf(rung)).toBe(Math.max(...all.map((way) => RUNGS.indexOf(way.rung))));
      expect(because).toMatch(/\.$/);
      expect(naive.estimate).toBeUndefined();
    }
  });

  test('a statement of several commands has the ways of all of them, the dearest first in rank', () => {
    const { choices, plan: made } = planOf(
      'ALTER TABLE t ADD COLUMN token uuid DEFAULT gen_random_uuid() NOT NULL, ADD CONSTRAINT u UNIQUE (b), ALTER COLUMN a SET STATISTICS 9;',
    );
    expect(choices).toHaveLength(1);
    expect(choices[0]?.rung).toBe('new-column-backfill');
    expect(choices[0]?.ways.map(({ recipe, rung }) => [recipe, rung])).toEqual([
      ['add-column-backfill', 'new-column-backfill'],
      ['not-null-not-valid', 'not-valid-validate'],
      ['key-using-index', 'concurrently'],
    ]);
    expect(choices[0]?.naive).toMatchObject({
      locks: [{ relation: 'public.t', mode: 'ACCESS EXCLUSIVE' }],
      rewrites: ['public.t'],
    });
    // What stays as it stands has no way of its own.
    const told = new Set(choices[0]?.ways.flatMap(({ steps }) => steps));
    const untold = made.migrations[0]?.steps.filter(({ id }) => !told.has(id)).map(({ id }) => id.slice(3));
    expect(untold).toEqual(['set-statistics']);
  });

  test('what stays as it stands is not explained as a choice', () => {
    expect(planOf('ALTER TABLE t ADD COLUMN d int; CREATE TABLE n (id int); CREATE INDEX ON n (id);').choices).toEqual(
      [],
    );
  });

  test('an index of a partitioned table without partitions is catalog work', () => {
    const sql = 'DROP TABLE logs_1; --- DROP TABLE logs_2; --- CREATE INDEX i ON logs (id);';
    expect(planOf(sql).choices.at(-1)).toMatchObject({ rung: 'catalog-only', path: 'm3.sql' });
  });

  test('numbers come from the sizes alone, and only where they are known', () => {
    const sql = 'ALTER TABLE t ALTER COLUMN a TYPE bigint; CREATE INDEX ON customers (id);';
    const [rewrite, index] = planOf(sql, {
      sizes: { 'public.t': { rows: 1_000_000, bytes: 100 * 1024 ** 2 } },
    }).choices;
    // 100 MB at 10 MB/s, and an index of a million rows at 100,000 rows/s.
    expect(rewrite?.naive.estimate).toMatchObject({ durationMs: 20_000, blocks: 'reads and writes' });
    expect(index?.naive).not.toHaveProperty('estimate');
    expect(index?.naive.scans).toEqual(['public.customers']);
  });
});

describe('sizes', () => {
  test('a partitioned table has what its partitions have, if all of them were counted', () => {
    const one = { 'public.logs_1': { rows: 10, bytes: 8192 } };
    const sql = 'ALTER TABLE logs ADD CONSTRAINT c CHECK (id > 0);';
    expect(planOf(sql, { sizes: one }).sizes).toEqual({ 'public.logs_1': { rows: 10, bytes: 8192 } });
    const both = { ...one, 'public.logs_2': { rows: 5, bytes: 8192 } };
    expect(planOf(sql, { sizes: both }).sizes['public.logs']).toEqual({ rows: 15, bytes: 16_384 });
  });

  test('nobody counted, nothing is said', () => {
    expect(planOf('ALTER TABLE t ALTER COLUMN a SET NOT NULL;').sizes).toEqual({});
  });
});

describe('rollout', () => {
  test('without a gate: the running version runs on, and everything can be taken back', () => {
    const { rollout } = planOf('CREATE INDEX i ON t (a);');
    expect(rollout).toEqual([
      {
        path: 'm1.sql',
        gate: null,
        steps: ['01-index-i'],
        atGate: null,
        versions: 'The version that runs today runs on.',
        breaks: [],
        fallback: {
          kind: 'undo',
          withoutUndo: [],
          undo: ['DROP INDEX CONCURRENTLY IF EXISTS public.i'],
          added: [],
          sentence: expect.stringMatching(/nothing is lost\.$/),
        },
      },
    ]);
  });

  test('a gate parts what ran before from what may run after, and says what can be taken back', () => {
    const { rollout } = planOf('ALTER TABLE t ALTER COLUMN c TYPE varchar(10);');
    expect(rollout).toHaveLength(2);
    const [before, after] = rollout;
    expect(before?.versions).toBe('The version that runs today runs on.');
    // The second column is ours: nobody else has written to it.
    expect(before?.fallback).toMatchObject({ kind: 'undo', added: [] });
    expect(after?.gate).toMatch(/gate-type-c$/);
    expect(after?.atGate).toMatch(/side by side/);
    expect(after?.versions).toMatch(/nothing older\.$/);
    expect(after?.breaks).toEqual([expect.stringContaining('0A000')]);
    expect(after?.fallback).toMatchObject({ kind: 'fix-forward', withoutUndo: [expect.stringMatching(/swap-c$/)] });
  });

  test('a gate in the first place: nothing is done yet', () => {
    const [before, after] = planOf('DROP TABLE t;').rollout;
    expect(before).toMatchObject({ steps: [], fallback: { kind: 'undo' } });
    expect(before?.fallback.sentence).toMatch(/^Nothing is done yet/);
    expect(after?.breaks).toEqual(['Statements that name public.t fail with 42P01.']);
    expect(after?.fallback.kind).toBe('fix-forward');
  });

  test('what is added for good is lost by undo as soon as somebody has written to it', () => {
    const [stage] = planOf('ALTER TABLE t ADD COLUMN d int; CREATE TABLE n (id int, x int);').rollout;
    expect(stage?.fallback).toMatchObject({ kind: 'undo', added: ['column public.t.d', 'table public.n'] });
    expect(stage?.fallback.sentence).toContain('column public.t.d, table public.n');
  });

  test('what tightens without a gate is told', () => {
    const [stage] = planOf('ALTER TABLE t ALTER COLUMN a SET NOT NULL;').rollout;
    expect(stage?.versions).toMatch(/deploy them first\.$/);
    expect(stage?.breaks).toEqual([expect.stringContaining('23502')]);
  });

  test('a rename that cannot be prepared asks for code that tries both names', () => {
    const sql =
      'CREATE TABLE x (id int); --- ALTER TABLE x ADD COLUMN g int GENERATED ALWAYS AS (id * 2) STORED; --- ALTER TABLE x RENAME COLUMN g TO h;';
    const stages = planOf(sql).rollout.filter(({ path }) => path === 'm3.sql');
    expect(stages[1]?.atGate).toMatch(/has to try both names\.$/);
    const prepared = planOf('ALTER TABLE t RENAME COLUMN c TO d;').rollout;
    expect(prepared[1]?.atGate).toMatch(/side by side\.$/);
  });

  test('every step of a plan is in one stage, in order', () => {
    const { plan: made, rollout } = planOf(
      'DROP TABLE customers; ALTER TABLE t RENAME COLUMN b TO bb; CREATE INDEX ON t (a); --- ALTER TABLE t DROP COLUMN a;',
    );
    for (const { path, steps } of made.migrations) {
      const stages = rollout.filter((stage) => stage.path === path);
      const told = stages.flatMap((stage) => [...(stage.gate === null ? [] : [stage.gate]), ...stage.steps]);
      expect(told).toEqual(steps.map(({ id }) => id));
    }
  });
});
