import type { AlterCommand } from '../../model/alter-command.ts';
import type { Table } from '../../model/catalog.ts';
import { findType } from '../../model/catalog-lookup.ts';
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
  const base = baseTypeOf(context, type);
  if (base.arrayDimensions > 0) return;
  const isEnum = findType(context.catalog, base)?.kind === 'enum';
  if (!isEnum && !(base.schema === null && ALWAYS_PLAIN.has(base.name))) return;
  const what = `${relationKey(table.name)}.${command.column}`;
  addFailure(
    context.draft,
    '0A000',
    `${what} is a ${base.name}, which ${isCompression ? 'is not compressed' : 'can only be stored PLAIN'}`,
  );
}
