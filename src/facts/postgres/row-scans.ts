import type { Index, Table } from '../../model/catalog.ts';
import type { DataType } from '../../model/data-type.ts';
import type { Dml, RowFilter } from '../../model/dml.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { type FactsContext, hasStorage, lookUp, withDescendants } from './facts-context.ts';
import { listSources, scanInFull } from './query-locks.ts';

const ON_THE_PLAN = 'How much of its tables it reads hangs on the query plan';

/**
 * What a statement reads in full. Certain is all of one relation that nothing narrows, or that is narrowed by columns
 * of which no index knows, and that no row is looked for where a unique index leads to it. The rest is the planner's.
 */
export function scanForRows(context: FactsContext, action: Dml): void {
  const { draft } = context;
  const isChange = action.verb === 'update' || action.verb === 'delete';
  if (isChange && !action.filtered) {
    draft.because.add(`The ${action.verb.toUpperCase()} has no WHERE: it touches every row in one transaction.`);
  }
  if (action.reads.length + action.writes.length === 0) return;
  const isFromOutside = action.verb === 'insert' || action.verb === 'copy';
  const reads = [...action.reads, ...(action.alsoReads ?? [])];
  const sources = isFromOutside && action.writes.length === 1 ? reads : [...action.writes, ...reads];
  if (sources.length === 0) return;
  const [target, ...others] = sources;
  if (target !== undefined && others.length === 0) return scanOne(context, target, action);
  for (const relation of sources) listSources(context, relation);
  draft.unknown.add(`${ON_THE_PLAN}; what it would read at worst is listed.`);
}

function scanOne(context: FactsContext, reference: RelationReference, action: Dml): void {
  const { draft } = context;
  const isWhole = action.readsInFull === true || action.filter?.columns.length === 0;
  if (isWhole && scanInFull(context, reference)) return;
  const relation = lookUp(context, reference);
  if (relation?.kind === 'table' && action.filter != null && relation.columns.length > 0) {
    const { filter } = action;
    const stored = withDescendants(context, relation).filter(hasStorage);
    if (stored.every((table) => leadsToOneRow(table, filter))) {
      draft.because.add('A unique index leads to the row.');
      return;
    }
    if (stored.every((table) => !mayUseIndex(table, filter))) {
      for (const table of stored) draft.scans.add(relationKey(table.name));
      draft.because.add(`No index knows ${filter.columns.join(', ')}, so every row is read.`);
      return;
    }
  }
  if (isWhole || relation?.kind === 'view') listSources(context, reference);
  draft.unknown.add(`${ON_THE_PLAN}.`);
}

function mayUseIndex(table: Table, { columns, nullTests }: RowFilter): boolean {
  if (columns.includes('ctid')) return true;
  // The planner knows the answer, and with luck from the table's own constraints.
  if (nullTests.some((name) => table.columns.some((one) => one.name === name && one.notNull))) return true;
  const isChild = table.inherits.length > 0;
  const isChecked = table.constraints.some(
    (one) => one.kind === 'check' && one.expression.columns.some((column) => columns.includes(column)),
  );
  if (isChild && isChecked) return true;
  return table.indexes.some((index) => columnsOf(index).some((column) => columns.includes(column)));
}

function columnsOf(index: Index): readonly string[] {
  const ofKeys = index.keys.flatMap((key) => key.column ?? key.expression?.columns ?? []);
  return [...ofKeys, ...(index.predicate?.columns ?? [])];
}

/** Every column of a unique index is compared with a value that its type takes as it is. */
function leadsToOneRow(table: Table, { equals }: RowFilter): boolean {
  const isBound = (name: string | null): boolean => {
    const type = table.columns.find((column) => column.name === name)?.type;
    return type !== undefined && equals.some((one) => one.column === name && isPlainValue(one.value, type));
  };
  return table.indexes.some(
    (index) =>
      index.unique && index.valid && index.predicate === null && index.keys.every((key) => isBound(key.column)),
  );
}

/** A value of another type may have to be converted on the column's side, where no index helps. */
function isPlainValue(value: string | null, type: DataType): boolean {
  if (value === null || type.schema !== null || type.arrayDimensions > 0) return value === null;
  if (['int2', 'int4', 'int8', 'numeric'].includes(type.name)) return /^-?\d{1,9}$/.test(value);
  return ['text', 'varchar', 'uuid', 'date', 'timestamp', 'timestamptz'].includes(type.name);
}
