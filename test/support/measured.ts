import { readFileSync } from 'node:fs';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import { deriveFacts } from '../../src/facts/postgres/derive-facts.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import type { StatementFacts } from '../../src/model/facts.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

export interface MeasuredForm {
  readonly id: string;
  readonly schema: string;
  readonly setup: string | null;
  readonly timeZone: string;
  readonly sql: string;
  readonly transaction: 'any' | 'outside-only';
  readonly error: { readonly sqlstate: string; readonly message: string } | null;
  readonly locks: readonly { readonly relation: string; readonly relationKind: string; readonly mode: string }[];
  readonly rewrites: readonly string[];
  readonly scans: readonly string[];
  readonly indexBuilds: readonly string[];
}

export interface MeasuredFile {
  readonly major: number;
  readonly forms: readonly MeasuredForm[];
}

export function readMeasured(major: number): MeasuredFile {
  return JSON.parse(readFileSync(`measured/postgresql-${major}.json`, 'utf8')) as MeasuredFile;
}

const schemas = new Map<string, Catalog>();

function schemaCatalog(name: string, major: number): Catalog {
  const key = `${name}-${major}`;
  const known = schemas.get(key);
  if (known !== undefined) return known;
  const sql = readFileSync(`measured/schemas/${name}.sql`, 'utf8');
  const catalog = parseStatements(sql, name).reduce(applyStatement, emptyCatalog(major));
  schemas.set(key, catalog);
  return catalog;
}

/** What we derive for a measured form, in the measured data's own shape. */
export function derivedFor(
  form: MeasuredForm,
  major: number,
): { facts: StatementFacts; shape: Record<string, unknown> } | null {
  const base = schemaCatalog(form.schema, major);
  const catalog = form.setup === null ? base : parseStatements(form.setup, form.id).reduce(applyStatement, base);
  const [statement] = parseStatements(form.sql, form.id);
  if (statement === undefined) return null;
  const facts = deriveFacts({
    statement,
    catalog,
    version: { engine: 'postgresql', major },
    timeZone: form.timeZone,
    catalogIsComplete: true,
  });
  return { facts, shape: shapeOf(facts) };
}

function shapeOf(facts: StatementFacts): Record<string, unknown> {
  return {
    error: facts.failure?.sqlstate ?? null,
    transaction: facts.transaction,
    locks: Object.fromEntries(facts.locks.map((lock) => [lock.relation, lock.mode])),
    rewrites: facts.rewrites,
    scans: facts.scans,
    indexBuilds: facts.indexBuilds,
  };
}

/** Indexes are left out: their locks keep nobody from a table. */
export function measuredShape(form: MeasuredForm): Record<string, unknown> {
  const locks = form.locks.filter((lock) => lock.relationKind !== 'index' && lock.relationKind !== 'partitioned-index');
  return {
    error: form.error?.sqlstate ?? null,
    transaction: form.transaction,
    locks: Object.fromEntries(
      [...locks].sort((a, b) => (a.relation < b.relation ? -1 : 1)).map((lock) => [lock.relation, lock.mode]),
    ),
    rewrites: [...form.rewrites].sort(),
    scans: [...form.scans].sort(),
    indexBuilds: [...form.indexBuilds].sort(),
  };
}
