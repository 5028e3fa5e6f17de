import type { Catalog, Relation } from './catalog.ts';
import { findRelation } from './catalog-lookup.ts';
import type { DataType } from './data-type.ts';
import type { RelationReference } from './relation-name.ts';

/** A column as a query names it; `relation` is null when the name stands alone. */
export interface ColumnMention {
  readonly relation: RelationReference | null;
  readonly column: string;
}

/** A column that a query answers: `*` and `t.*` stand for all columns of what is read, or of one relation. */
export type OutputColumn =
  | { readonly kind: 'all'; readonly relation: RelationReference | null }
  | {
      readonly kind: 'column';
      readonly name: string;
      /** The column that is handed on as it is. */
      readonly source: ColumnMention | null;
      /** The type, where a cast says it. */
      readonly type: DataType | null;
    };

/** What a query says about columns; its syntax tree stays behind `src/sql/`. */
export interface QueryColumns {
  /** Columns that must be there in what the query reads or writes; what it makes up itself is left out. */
  readonly mentions: readonly ColumnMention[];
  /** What it answers, or what an INSERT takes from its query; null when it cannot be told. */
  readonly output: readonly OutputColumn[] | null;
  /** Functions called by name, as in `Expression.functions`. */
  readonly functions: readonly string[];
}

/** A column of a table or of a view; the type is null where nobody knows it. */
export interface KnownColumn {
  readonly name: string;
  readonly type: DataType | null;
}

/** What SELECT * FROM a sequence answers. */
const SEQUENCE_COLUMNS: readonly KnownColumn[] = [
  ['last_value', 'int8'],
  ['log_cnt', 'int8'],
  ['is_called', 'bool'],
].map(([name = '', type = '']) => ({ name, type: { schema: null, name: type, modifiers: [], arrayDimensions: 0 } }));

/** The columns of a table, view or materialized view; null when the catalog does not tell. */
export function knownColumns(relation: Relation | null): readonly KnownColumn[] | null {
  if (relation === null) return null;
  if (relation.kind === 'sequence') return SEQUENCE_COLUMNS;
  if (relation.kind === 'table') return relation.columns.length === 0 ? null : relation.columns;
  return relation.columns ?? null;
}

/**
 * The columns that a query answers on a given schema; null when one of them cannot be told.
 *
 * @param reads what the query reads, in the order in which `*` puts them together.
 */
export function outputColumns(
  catalog: Catalog,
  query: QueryColumns | undefined,
  reads: readonly RelationReference[],
): readonly KnownColumn[] | null {
  if (query === undefined || query.output === null) return null;
  const answered: KnownColumn[] = [];
  for (const one of query.output) {
    if (one.kind === 'column') {
      answered.push({ name: one.name, type: one.type ?? typeOfMention(catalog, one.source, reads) });
      continue;
    }
    for (const relation of one.relation === null ? reads : [one.relation]) {
      const columns = knownColumns(findRelation(catalog, relation));
      if (columns === null) return null;
      answered.push(...columns.map(({ name, type }) => ({ name, type })));
    }
  }
  return answered;
}

function typeOfMention(
  catalog: Catalog,
  mention: ColumnMention | null,
  reads: readonly RelationReference[],
): DataType | null {
  if (mention === null) return null;
  for (const relation of mention.relation === null ? reads : [mention.relation]) {
    const column = knownColumns(findRelation(catalog, relation))?.find((one) => one.name === mention.column);
    if (column !== undefined) return column.type;
  }
  return null;
}
