import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ScoutedCase } from '../../faults/cases/migration-case.ts';
import { MIGRATION_CASES } from '../../faults/cases/migration-cases.ts';
import { FAULTS } from '../../faults/registry.ts';

/** Every place that the machine can pass in a step, whatever the case: enough to see which cells a fault makes. */
const STEP_PLACES: readonly string[] = [
  'before/observe',
  'before/strike',
  'strike:before-commit',
  'after/strike',
  'before/build-index',
  'after/build-index',
  'after/record-intent',
  'before/copy-batch',
  'after/copy-batch',
];
const FOLDERS: readonly string[] = ['0001_case/01-step', '0001_case/02-step', '0000_column/01-step'];

const cases: readonly ScoutedCase[] = MIGRATION_CASES.map((migrationCase) => ({
  migrationCase,
  places: [
    '-/-/after/runner-lock#1',
    '-/-/after/plans#1',
    ...FOLDERS.flatMap((folder) => STEP_PLACES.map((place) => `${folder}/${place}#1`)),
    ...['0001_case/-', '0000_column/01-step'].flatMap((folder) =>
      ['before', 'after'].map((when) => `${folder}/${when}/finish-migration#1`),
    ),
  ],
}));

test('every file of faults/faults/ is in the registry, once, under its own name', () => {
  const files = readdirSync(new URL('../../faults/faults/', import.meta.url)).map((name) => name.replace(/\.ts$/, ''));
  expect(FAULTS).toHaveLength(files.length);
  expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(files.length);
});

test.each(FAULTS.map((fault) => [fault.name, fault] as const))(
  '%s has cells, each of its own, and promises something',
  (_name, fault) => {
    const cells = fault.cells(cases, 18);
    expect(cells.length).toBeGreaterThan(0);
    const keys = cells.map(({ scouted, place, form }) => `${scouted.migrationCase.name} | ${place} | ${form}`);
    expect(new Set(keys).size).toBe(cells.length);
    for (const { expected } of cells) {
      expect(expected.words).not.toBe('');
      expect(expected.endings.length).toBeGreaterThan(0);
    }
    expect(fault.sentence).toMatch(/^[A-Zs].+\.$/s);
  },
);

test('every case is met by at least five faults', () => {
  for (const { migrationCase } of cases) {
    const meets = FAULTS.filter((fault) =>
      fault.cells(cases, 18).some(({ scouted }) => scouted.migrationCase === migrationCase),
    );
    expect(meets.length, migrationCase.name).toBeGreaterThanOrEqual(5);
  }
});
