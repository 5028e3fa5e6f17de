import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { recipeExample, recipePage } from '../../scripts/recipe-page.ts';
import { RECIPE_NAMES } from '../../src/plan/recipe.ts';
import { RECIPES, SEQUENCE_RECIPES } from '../../src/plan/recipes.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';

beforeAll(() => loadParser());

test('every recipe has its examples and its page, and no page is without a recipe', () => {
  const folders = readdirSync('recipes', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map((entry) => entry.name).sort()).toEqual([...RECIPE_NAMES].sort());
  expect([...RECIPES, ...SEQUENCE_RECIPES].map((recipe) => recipe.name).sort()).toEqual([...RECIPE_NAMES].sort());
  for (const name of RECIPE_NAMES)
    expect(readFileSync(`recipes/${name}/doc.md`, 'utf8')).toMatch(new RegExp(`^# ${name}\n`));
});

test.each(RECIPE_NAMES)('%s: good.sql is what the planner writes today', (name) => {
  expect(recipePage(name), 'npm run write:recipes').toBe(readFileSync(`recipes/${name}/good.sql`, 'utf8'));
});

test.each(RECIPE_NAMES)('%s: planned twice is the same plan, and it survives JSON', (name) => {
  const { plan } = recipeExample(name);
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  expect(recipeExample(name).plan).toEqual(plan);
});

test.each(RECIPE_NAMES)(
  '%s: every step says what it locks, how long it may wait, how it is taken back and when it is done',
  (name) => {
    for (const step of recipeExample(name).plan.migrations[0]?.steps ?? []) {
      expect(step.why, step.id).toMatch(/\.$/);
      if (step.kind === 'gate') {
        expect(step.deploy).toMatch(/^Deploy .*\.$/);
      } else {
        expect(step.lockTimeoutMs, step.id).toBeGreaterThan(0);
        expect(step.postCondition.sentence, step.id).not.toBe('');
      }
    }
  },
);
