import { beforeAll, describe, expect, test } from 'vitest';
import { tableOf } from '../../src/model/catalog-lookup.ts';
import { SqlSyntaxError } from '../../src/model/error.ts';
import { MEASURED_MAJORS } from '../../src/model/server-version.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { factsDisagreements } from '../../src/trace/facts-disagreements.ts';
import { factsOfForm, type MeasuredForm, readMeasured } from '../support/measured.ts';

/**
 * Statements of which only a server can tell all: their rows go where values send them, or what is read hangs on the
 * query plan, or (OWNER TO CURRENT_USER) on who runs them. Their facts say `unknown` and name the most that can be.
 */
const MAY_BE_UNKNOWN: readonly string[] = [
  'create-table-as',
  'dml',
  'alter-table',
  'create-type',
  'refresh-materialized-view',
  'code-block',
];

beforeAll(loadParser);

describe.each(MEASURED_MAJORS)('what was measured on PostgreSQL %i', (major) => {
  const { forms } = readMeasured(major);

  test('is all there', () => {
    expect(forms.length).toBeGreaterThanOrEqual(900);
  });

  test('is what we derive, for every form', () => {
    const disagreements = forms.flatMap((form) => disagreementsOf(form, major).map((one) => `${form.id}: ${one}`));
    expect(disagreements).toEqual([]);
  });

  test('is certain for all but a few', () => {
    const unknown = forms.flatMap((form) => {
      const facts = parsed(form, major)?.facts;
      return facts?.certainty === 'unknown' ? [{ id: form.id, kind: facts.kind }] : [];
    });
    expect(unknown.filter(({ kind }) => !MAY_BE_UNKNOWN.includes(kind))).toEqual([]);
    expect(unknown.length).toBeLessThan(forms.length / 40);
  });
});

function disagreementsOf(form: MeasuredForm, major: number): readonly string[] {
  const derived = parsed(form, major);
  if (derived !== null) {
    const isPartitioned = (key: string): boolean => tableOf(derived.catalog, key)?.partitionBy != null;
    return factsDisagreements(derived.facts, form, isPartitioned);
  }
  return form.error?.sqlstate === '42601' ? [] : ['the parser refuses what the server takes'];
}

/** null for what PostgreSQL's grammar does not take. */
function parsed(form: MeasuredForm, major: number): ReturnType<typeof factsOfForm> | null {
  try {
    return factsOfForm(form, major);
  } catch (error) {
    if (error instanceof SqlSyntaxError) return null;
    throw error;
  }
}
