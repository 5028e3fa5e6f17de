import type { Catalog } from '../../model/catalog.ts';
import { findRelation, tablesThatDraw } from '../../model/catalog-lookup.ts';
import type { Expression } from '../../model/expression.ts';
import { type RelationKey, type RelationReference, relationKey } from '../../model/relation-name.ts';
import { quoteLiteral } from '../../sql/postgres/quote.ts';
import { mapTables } from '../edit-catalog.ts';

const NEXTVAL = /nextval\(\s*'((?:[^']|'')+)'/gi;
const NAME = /^(?:("(?:[^"]|"")+"|[^".]+)\.)?("(?:[^"]|"")+"|[^".]+)$/;

/** The sequences that a default draws from, by key. */
export function sequencesOf(catalog: Catalog, expression: Expression | null): readonly RelationKey[] {
  if (expression === null || !expression.functions.includes('nextval')) return [];
  return [...expression.sql.matchAll(NEXTVAL)].flatMap((match) => {
    const reference = referenceOf((match[1] ?? '').replaceAll("''", "'"));
    const relation = reference === null ? null : findRelation(catalog, reference);
    return relation?.kind === 'sequence' ? [relationKey(relation.name)] : [];
  });
}

function referenceOf(text: string): RelationReference | null {
  const match = NAME.exec(text);
  if (match === null) return null;
  const [, schema, name = ''] = match;
  return { schema: schema === undefined ? null : identifierOf(schema), name: identifierOf(name) };
}

function identifierOf(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase();
}

/** Defaults hold a sequence by identity, not by name: they follow when it is renamed. `catalog` knows the old name. */
export function renameSequenceInDefaults(catalog: Catalog, from: RelationKey, to: RelationKey): Catalog {
  const users = tablesThatDraw(catalog).map(({ name }) => relationKey(name));
  return mapTables(catalog, users, (table) => {
    if (!table.columns.some((column) => sequencesOf(catalog, column.default).includes(from))) return table;
    const columns = table.columns.map((column) => {
      if (column.default === null || !sequencesOf(catalog, column.default).includes(from)) return column;
      const sql = column.default.sql.replaceAll(NEXTVAL, `nextval(${quoteLiteral(to)}`);
      return { ...column, default: { ...column.default, sql } };
    });
    return { ...table, columns };
  });
}
