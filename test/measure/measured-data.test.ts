import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ALL_FORMS } from '../../measure/all-forms.ts';
import { hasForm } from '../../measure/form.ts';
import { measureMajor } from '../../measure/measure-major.ts';
import { measuredDifferences } from '../../measure/measured-difference.ts';
import { measuredFileText, measuredFileUrl, readMeasuredFile } from '../../measure/measured-file.ts';
import type { MeasuredFile } from '../../measure/measured-form.ts';
import { LOCK_MODES } from '../../src/model/lock-mode.ts';
import { MEASURED_MAJORS } from '../../src/model/server-version.ts';

/** One of every way to measure: rolled back, with a setup, under another time zone, refused, outside, given back. */
const MEASURED_AGAIN = [
  'add-column/nullable',
  'add-column/random-default',
  'add-column/not-null',
  'column-type/timestamp-to-timestamptz-berlin',
  'column/set-not-null-proof-validated',
  'constraint/add-foreign-key',
  'domain/add-check-partitioned',
  'index/create-concurrently',
  'index/drop-concurrently',
  'index/reindex-table-partitioned-concurrently',
  'maintenance/vacuum-full',
  'partition/create-with-default',
  'table/truncate-referenced-cascade',
  'view/refresh-concurrently',
];

function committed(major: number): MeasuredFile {
  const file = readMeasuredFile(major);
  if (file === null) throw new TypeError(`measured/postgresql-${major}.json is missing`);
  return file;
}

test('every form has an id of its own', () => {
  const ids = ALL_FORMS.map((form) => form.id);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each(MEASURED_MAJORS)('the data of PostgreSQL %i is that of the forms as they are now', (major) => {
  const asked = ALL_FORMS.filter((form) => hasForm(major, form)).map(
    ({ id, schema, setup = null, timeZone = 'UTC', sql }) => ({ id, schema, setup, timeZone, sql }),
  );
  const answered = committed(major).forms.map(({ id, schema, setup, timeZone, sql }) => ({
    id,
    schema,
    setup,
    timeZone,
    sql,
  }));
  expect(answered.length).toBeGreaterThan(900);
  expect(answered).toEqual(asked.sort((a, b) => (a.id < b.id ? -1 : 1)));
});

test.each(MEASURED_MAJORS)('the data of PostgreSQL %i is written the way it is committed', (major) => {
  expect(readFileSync(measuredFileUrl(major), 'utf8')).toBe(measuredFileText(committed(major)));
});

test.each(MEASURED_MAJORS)('the data of PostgreSQL %i holds together', (major) => {
  for (const form of committed(major).forms) {
    const locked = new Map(form.locks.map((lock) => [lock.relation, lock.mode]));
    for (const mode of locked.values()) expect(LOCK_MODES, form.id).toContain(mode);
    for (const relation of [...form.rewrites, ...form.truncated]) {
      expect(locked.get(relation), `${form.id}: ${relation} is replaced`).toBe('ACCESS EXCLUSIVE');
    }
    for (const relation of form.scans) {
      expect(locked.has(relation), `${form.id}: ${relation} is read without a lock`).toBe(true);
      expect(form.rewrites, form.id).not.toContain(relation);
    }
    const inTransactionRefused = form.transaction === 'any' && form.error !== null;
    if (inTransactionRefused) expect([form.locks, form.newRelations], form.id).toEqual([[], []]);
  }
});

test('measuring again gives the same data', { timeout: 120_000 }, async () => {
  const forms = ALL_FORMS.filter((form) => MEASURED_AGAIN.includes(form.id));
  expect(forms).toHaveLength(MEASURED_AGAIN.length);
  const file = committed(18);
  const fresh = await measureMajor(18, forms);
  const known = { ...file, forms: file.forms.filter((form) => MEASURED_AGAIN.includes(form.id)) };
  expect(measuredDifferences(known, fresh)).toEqual([]);
});

describe('the comparison with committed data', () => {
  const file = committed(18);

  test('finds a changed mode, a new form and a form that is gone', () => {
    const [first, second, third, ...rest] = file.forms;
    if (first === undefined || second === undefined || third === undefined) throw new TypeError('no forms');
    const before = { ...file, forms: [first, second, ...rest] };
    const after = { ...file, forms: [{ ...first, locks: [] }, third, ...rest] };
    const differences = measuredDifferences(before, after);
    expect(differences).toHaveLength(3);
    expect(differences[0]).toContain(`${first.id}, locks: committed [{`);
    expect(differences[1]).toContain(`${third.id}: not in the committed data`);
    expect(differences[2]).toContain(`${second.id}: committed, but not measured any more`);
  });

  test('finds another server version and a missing file', () => {
    expect(measuredDifferences(file, { ...file, version: '18.99' })).toHaveLength(1);
    expect(measuredDifferences(null, file)).toEqual(['postgresql 18: no data is committed']);
  });
});
