import type { Catalog, Index, KeyConstraint, Table, View } from '../../model/catalog.ts';
import { relationKey } from '../../model/relation-name.ts';
import { deferralSql } from '../../sql/postgres/foreign-key-sql.ts';
import { quoteIdentifier, quoteLiteral, quoteName } from '../../sql/postgres/quote.ts';
import { joinParts, type NotWritten, partOf, type SchemaPart, type SchemaStatement } from './schema-part.ts';
import { nameOf } from './write-tables.ts';

/** Indexes and the constraints that own them; on partitioned tables each on its own, attached afterwards. */
export function writeIndexes(catalog: Catalog): SchemaPart {
  const holders = Object.values(catalog.relations).filter((relation) => relation.kind !== 'sequence');
  return joinParts([
    ...holders.flatMap((holder) => holder.indexes.map((index) => writeIndex(holder, index))),
    partOf(holders.flatMap((holder) => holder.indexes.flatMap((index) => attachment(catalog, holder, index)))),
  ]);
}

function writeIndex(holder: Table | View, index: Index): SchemaPart {
  const key = relationKey(holder.name);
  const unseen = index.definitionSql === '';
  const clustered = `ALTER ${holder.kind === 'table' ? 'TABLE' : 'MATERIALIZED VIEW'} ${quoteName(holder.name)} CLUSTER ON`;
  const made = index.constraint === null ? createIndex(holder, index) : addConstraint(holder, index);
  const isPartitioned = holder.kind === 'table' && holder.partitionBy !== null;
  const name = quoteName({ schema: holder.name.schema, name: index.name });
  const statements: readonly SchemaStatement[] = [
    { sql: made },
    ...(index.clustered === true ? [{ sql: `${clustered} ${quoteIdentifier(index.name)}` }] : []),
    // That of a partitioned table is not valid as long as a part is missing.
    ...(index.valid || isPartitioned
      ? []
      : [
          {
            sql: `UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = ${quoteLiteral(name)}::pg_catalog.regclass`,
            asSuperuser: true as const,
          },
        ]),
  ];
  const isExclusion = index.constraint !== null && !index.unique;
  const notes: NotWritten[] = [];
  if (isExclusion) {
    const reason = 'a catalog does not hold them; they were guessed from the types';
    notes.push({ what: `operators of exclusion constraint ${index.name} of ${key}`, reason, object: null });
  }
  // Told with the table.
  return { statements: unseen ? [] : statements, notWritten: notes };
}

function createIndex(holder: Table | View, index: Index): string {
  const only = holder.kind === 'table' && holder.partitionBy !== null ? 'ONLY ' : '';
  const name = quoteIdentifier(index.name);
  return `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${name} ON ${only}${quoteName(holder.name)} ${definitionOf(index)}`;
}

/** With the tablespace, which stands before WHERE. */
function definitionOf({ definitionSql, tablespace }: Index): string {
  if (tablespace === undefined) return definitionSql;
  const [, before = definitionSql, where = ''] = /^(.*?)( WHERE .*)?$/s.exec(definitionSql) ?? [];
  return `${before} TABLESPACE ${quoteIdentifier(tablespace)}${where}`;
}

function addConstraint(holder: Table | View, index: Index): string {
  const add = `ALTER TABLE ONLY ${quoteName(holder.name)} ADD CONSTRAINT ${quoteIdentifier(index.constraint ?? index.name)}`;
  const key =
    holder.kind === 'table'
      ? holder.constraints.find(
          (one): one is KeyConstraint =>
            one.name === index.constraint && 'deferrable' in one && one.kind !== 'foreign-key',
        )
      : undefined;
  const include = index.include.length === 0 ? '' : ` INCLUDE (${index.include.map(quoteIdentifier).join(', ')})`;
  const [options = ''] = / WITH \([^)]*\)/.exec(index.definitionSql) ?? [];
  const space = index.tablespace === undefined ? '' : ` USING INDEX TABLESPACE ${quoteIdentifier(index.tablespace)}`;
  if (key === undefined) return `${add} EXCLUDE ${exclusionOf(holder, index)}${options}${space}`;
  const nulls = index.definitionSql.includes(' NULLS NOT DISTINCT') ? ' NULLS NOT DISTINCT' : '';
  const kind = key.kind === 'primary-key' ? 'PRIMARY KEY' : `UNIQUE${nulls}`;
  const deferral = key.deferrable ? ` ${deferralSql(key)}` : '';
  return `${add} ${kind} (${keyColumns(key.columns, index)})${include}${options}${space}${deferral}`;
}

/** A key over GiST is one WITHOUT OVERLAPS (18). */
function keyColumns(columns: readonly string[], index: Index): string {
  const names = columns.map(quoteIdentifier).join(', ');
  return index.method === 'gist' ? `${names} WITHOUT OVERLAPS` : names;
}

function exclusionOf(holder: Table | View, index: Index): string {
  const elements = index.keys.map(({ column, expression }) => {
    const type = holder.kind === 'table' ? holder.columns.find((one) => one.name === column)?.type.name : undefined;
    const isArea = expression !== null || /range$|^(box|circle|polygon|inet|cidr)$/.test(type ?? '');
    const element = column === null ? `(${expression?.sql ?? ''})` : quoteIdentifier(column);
    return `${element} WITH ${isArea && index.method !== 'btree' ? '&&' : '='}`;
  });
  const where = index.predicate === null ? '' : ` WHERE (${index.predicate.sql})`;
  return `USING ${index.method} (${elements.join(', ')})${where}`;
}

function attachment(catalog: Catalog, holder: Table | View, index: Index): readonly string[] {
  if (index.attachedTo === undefined || holder.kind !== 'table' || holder.partitionOf === null) return [];
  const parent = catalog.relations[holder.partitionOf.parent];
  if (parent === undefined) return [];
  const above = quoteName({ schema: parent.name.schema, name: index.attachedTo });
  return [`ALTER INDEX ${above} ATTACH PARTITION ${quoteName({ schema: holder.name.schema, name: index.name })}`];
}

/** Foreign keys, those of partitions before those of their parents, which take them over. */
export function writeForeignKeys(catalog: Catalog): SchemaPart {
  const keys = Object.values(catalog.relations).flatMap((table) =>
    table.kind !== 'table'
      ? []
      : table.constraints.flatMap((one) => (one.kind === 'foreign-key' ? [{ table, constraint: one }] : [])),
  );
  const own = keys.filter(({ table, constraint }) => !comesFromParent(catalog, table, constraint.name));
  return partOf(
    own
      .sort((a, b) => depthOf(catalog, b.table) - depthOf(catalog, a.table))
      .map(({ table, constraint }) => {
        const { references, columns, referencedColumns } = constraint;
        const target = catalog.relations[references];
        const period = target?.kind === 'table' && isPeriodKey(target, referencedColumns);
        return [
          `ALTER TABLE ${quoteName(table.name)} ADD CONSTRAINT ${quoteIdentifier(constraint.name)}`,
          `FOREIGN KEY (${withPeriod(columns, period)})`,
          `REFERENCES ${nameOf(catalog, references)} (${withPeriod(referencedColumns, period)})`,
          ...(constraint.matchFull === true ? ['MATCH FULL'] : []),
          `ON UPDATE ${constraint.onUpdate} ON DELETE ${constraint.onDelete}`,
          ...(constraint.onDeleteColumns === undefined
            ? []
            : [`(${constraint.onDeleteColumns.map(quoteIdentifier).join(', ')})`]),
          ...(constraint.deferrable ? [deferralSql(constraint)] : []),
          ...(constraint.enforced === false ? ['NOT ENFORCED'] : constraint.valid ? [] : ['NOT VALID']),
        ].join(' ');
      }),
  );
}

function comesFromParent(catalog: Catalog, table: Table, name: string): boolean {
  const parent = table.partitionOf === null ? undefined : catalog.relations[table.partitionOf.parent];
  return parent?.kind === 'table' && parent.constraints.some((one) => one.kind === 'foreign-key' && one.name === name);
}

function depthOf(catalog: Catalog, table: Table): number {
  const parent = table.partitionOf === null ? undefined : catalog.relations[table.partitionOf.parent];
  return parent?.kind === 'table' ? 1 + depthOf(catalog, parent) : 0;
}

function isPeriodKey(table: Table, columns: readonly string[]): boolean {
  const wanted = columns.join(',');
  return table.indexes.some(
    (index) => index.method === 'gist' && index.unique && index.keys.map((key) => key.column).join(',') === wanted,
  );
}

function withPeriod(columns: readonly string[], hasPeriod: boolean): string {
  const names = columns.map(quoteIdentifier);
  return names.map((name, at) => (hasPeriod && at === names.length - 1 ? `PERIOD ${name}` : name)).join(', ');
}
