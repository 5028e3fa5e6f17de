import { readFileSync } from 'node:fs';
import type { MeasuredFile, MeasuredForm } from '../../measure/measured-form.ts';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import { deriveFacts } from '../../src/facts/postgres/derive-facts.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import type { StatementFacts } from '../../src/model/facts.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

export type { MeasuredForm } from '../../measure/measured-form.ts';

/** The committed data of one major. */
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

/**
 * What we derive for a measured form.
 *
 * @throws SqlSyntaxError when the grammar does not take the form.
 */
export function factsOfForm(form: MeasuredForm, major: number): { facts: StatementFacts; catalog: Catalog } {
  const base = schemaCatalog(form.schema, major);
  const catalog = form.setup === null ? base : parseStatements(form.setup, form.id).reduce(applyStatement, base);
  const [statement] = parseStatements(form.sql, form.id);
  if (statement === undefined) throw new TypeError(`${form.id} holds no statement`);
  const version = { engine: 'postgresql', major } as const;
  return {
    facts: deriveFacts({ statement, catalog, version, timeZone: form.timeZone, catalogIsComplete: true }),
    catalog,
  };
}
