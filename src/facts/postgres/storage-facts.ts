import type { AlterCommand } from '../../model/alter-command.ts';
import type { Table } from '../../model/catalog.ts';
import { findType } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import { relationKey } from '../../model/relation-name.ts';
import { baseTypeOf } from './base-type.ts';
import type { FactsContext } from './facts-context.ts';
import { addFailure } from './facts-draft.ts';

/** Built-in types of a fixed length, whose values always lie in the row itself. */
const ALWAYS_PLAIN = new Set(
  `bool box char cid circle date float4 float8 int2 int4 int8 interval line lseg macaddr macaddr8 money name oid pg_lsn
  point regclass regproc regtype tid time timestamp timestamptz timetz uuid xid xid8`.split(/\s+/),
);

/** SET STORAGE and SET COMPRESSION: values of a fixed length can only be PLAIN. */
export function storageFacts(
  context: FactsContext,
  table: Table,
  command: AlterCommand & { readonly column: string },
): void {
  const type = table.columns.find((one) => one.name === command.column)?.type;
  const isCompression = command.kind === 'set-compression';
  if (type === undefined || /STORAGE\s+(PLAIN|DEFAULT)\s*$/i.test(command.sql)) return;
  const what = `${relationKey(table.name)}.${command.column}`;
  if (isCompression) return refuseCompression(context, what, type);
  if (!isAlwaysPlain(context, type)) return;
  addFailure(context.draft, '0A000', `${what} is a ${type.name}, which can only be stored PLAIN`);
}

/** COMPRESSION at a column whose values always lie in the row. */
export function refuseCompression(context: FactsContext, what: string, type: DataType): void {
  if (isAlwaysPlain(context, type))
    addFailure(context.draft, '0A000', `${what} is a ${type.name}, which is not compressed`);
}

function isAlwaysPlain(context: FactsContext, type: DataType): boolean {
  const base = baseTypeOf(context, type);
  if (base.arrayDimensions > 0) return false;
  const isEnum = findType(context.catalog, base)?.kind === 'enum';
  return isEnum || (base.schema === null && ALWAYS_PLAIN.has(base.name));
}
