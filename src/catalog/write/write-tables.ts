import type { Catalog, Column, Sequence, Table, TableConstraint } from '../../model/catalog.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { quoteIdentifier, quoteName } from '../../sql/postgres/quote.ts';
import { typeSql } from '../../sql/postgres/type-sql.ts';
import { joinParts, type NotWritten, partOf, type SchemaPart } from './schema-part.ts';

/** The tables of a catalog, sorted by key. */
export function tablesOf(catalog: Catalog): readonly Table[] {
  return Object.values(catalog.relations).filter((relation) => relation.kind === 'table');
}

/** The name of a relation, given by its key, as SQL. */
export function nameOf(catalog: Catalog, key: RelationKey): string {
  const relation = catalog.relations[key];
  return relation === undefined ? key : quoteName(relation.name);
}

/** Sequences that no identity column makes. */
export function writeSequences(catalog: Catalog): SchemaPart {
  return partOf(
    Object.values(catalog.relations).flatMap((relation) =>
      relation.kind !== 'sequence' || identityColumnOf(catalog, relation) !== null
        ? []
        : [`CREATE SEQUENCE ${quoteName(relation.name)} AS ${relation.type}`],
    ),
  );
}

/** OWNED BY, for sequences that are no identity's. */
export function writeSequenceOwners(catalog: Catalog): SchemaPart {
  return partOf(
    Object.values(catalog.relations).flatMap((relation) => {
      if (relation.kind !== 'sequence' || relation.ownedBy === null) return [];
      if (identityColumnOf(catalog, relation) !== null) return [];
      const owner = `${nameOf(catalog, relation.ownedBy.relation)}.${quoteIdentifier(relation.ownedBy.column)}`;
      return [`ALTER SEQUENCE ${quoteName(relation.name)} OWNED BY ${owner}`];
    }),
  );
}

function identityColumnOf(catalog: Catalog, { ownedBy }: Sequence): Column | null {
  if (ownedBy === null) return null;
  const owner = catalog.relations[ownedBy.relation];
  if (owner?.kind !== 'table') return null;
  return owner.columns.find((column) => column.name === ownedBy.column && column.identity !== null) ?? null;
}

/** Every table on its own, with its columns and CHECKs; partitions and children are attached afterwards. */
export function writeTables(catalog: Catalog): SchemaPart {
  return joinParts(tablesOf(catalog).map((table) => writeTable(table, catalog)));
}

function writeTable(table: Table, catalog: Catalog): SchemaPart {
  const name = quoteName(table.name);
  const key = relationKey(table.name);
  const persistence = table.persistence === 'unlogged' ? 'UNLOGGED ' : '';
  const lines = [
    ...table.columns.map((column) => columnSql(column, table, catalog)),
    ...table.constraints.flatMap((one) => (isWritten(one) && one.valid ? [checkSql(one)] : [])),
  ];
  const { partitionBy } = table;
  const partition =
    partitionBy === null ? '' : ` PARTITION BY ${partitionBy.strategy.toUpperCase()} (${partitionBy.key})`;
  const tablespace = table.tablespace === undefined ? '' : ` TABLESPACE ${quoteIdentifier(table.tablespace)}`;
  const late = table.constraints.flatMap((one) => lateConstraint(one, name));
  return {
    ...partOf([`CREATE ${persistence}TABLE ${name} (${lines.join(', ')})${partition}${tablespace}`, ...late]),
    notWritten: unwritable(table, key),
  };
}

function unwritable(table: Table, key: RelationKey): readonly NotWritten[] {
  const unseen = (table.notSeen ?? []).map((what) => ({
    what: `${what} of ${key}`,
    reason: 'somebody held the table locked while the snapshot was taken',
    object: key,
  }));
  if (table.accessMethod === undefined) return unseen;
  return [...unseen, { what: `access method of ${key}`, reason: `${table.accessMethod} is not here`, object: key }];
}

type Check = Extract<TableConstraint, { kind: 'check' }>;

/** Not what could not be read. */
function isWritten(constraint: TableConstraint): constraint is Check {
  return constraint.kind === 'check' && constraint.expression.sql !== '' && constraint.enforced !== false;
}

function checkSql(constraint: Check): string {
  const inherit = constraint.noInherit ? ' NO INHERIT' : '';
  return `CONSTRAINT ${quoteIdentifier(constraint.name)} CHECK (${constraint.expression.sql})${inherit}`;
}

/** CREATE TABLE takes every constraint for valid. */
function lateConstraint(constraint: TableConstraint, table: string): readonly string[] {
  const add = `ALTER TABLE ONLY ${table} ADD`;
  if (constraint.kind === 'check' && constraint.enforced === false)
    return [`${add} ${checkSql(constraint)} NOT ENFORCED`];
  if (isWritten(constraint) && !constraint.valid) return [`${add} ${checkSql(constraint)} NOT VALID`];
  if (constraint.kind !== 'not-null' || constraint.valid) return [];
  const { name, column } = constraint;
  return [`${add} CONSTRAINT ${quoteIdentifier(name)} NOT NULL ${quoteIdentifier(column)} NOT VALID`];
}

function columnSql(column: Column, table: Table, catalog: Catalog): string {
  const parts = [quoteIdentifier(column.name), typeSql(column.type)];
  if (column.collation !== null) parts.push(`COLLATE ${column.collation}`);
  const named = table.constraints.find((one) => one.kind === 'not-null' && one.column === column.name);
  if (named?.kind === 'not-null' && named.valid) parts.push(`CONSTRAINT ${quoteIdentifier(named.name)} NOT NULL`);
  else if (named === undefined && column.notNull) parts.push('NOT NULL');
  const sequence = Object.values(catalog.relations).find(
    (relation): relation is Sequence =>
      relation.kind === 'sequence' &&
      relation.ownedBy?.relation === relationKey(table.name) &&
      relation.ownedBy.column === column.name,
  );
  // A partition gets the identity of its parent when it is attached.
  if (column.identity !== null && sequence !== undefined) {
    const verb = column.identity === 'always' ? 'ALWAYS' : 'BY DEFAULT';
    parts.push(`GENERATED ${verb} AS IDENTITY (SEQUENCE NAME ${quoteName(sequence.name)})`);
  } else if (column.default !== null && column.default.sql !== '') {
    const { sql } = column.default;
    parts.push(
      column.generated === null ? `DEFAULT ${sql}` : `GENERATED ALWAYS AS (${sql}) ${column.generated.toUpperCase()}`,
    );
  }
  return parts.join(' ');
}

/** ATTACH PARTITION and INHERIT. */
export function writeDescent(catalog: Catalog): SchemaPart {
  return partOf(
    tablesOf(catalog).flatMap((table) => {
      const name = quoteName(table.name);
      const inherits = table.inherits.map((parent) => `ALTER TABLE ONLY ${name} INHERIT ${nameOf(catalog, parent)}`);
      if (table.partitionOf === null) return inherits;
      const { parent, bound } = table.partitionOf;
      return [`ALTER TABLE ONLY ${nameOf(catalog, parent)} ATTACH PARTITION ${name} ${bound}`];
    }),
  );
}

/** Row security, replica identity, and the index that CLUSTER remembers: what ALTER TABLE sets at last. */
export function writeTableProperties(catalog: Catalog): SchemaPart {
  return joinParts(tablesOf(catalog).map(writeProperties));
}

function writeProperties(table: Table): SchemaPart {
  const alter = `ALTER TABLE ONLY ${quoteName(table.name)}`;
  const statements: string[] = [];
  if (table.rowSecurity !== 'off') statements.push(`${alter} ENABLE ROW LEVEL SECURITY`);
  if (table.rowSecurity === 'forced') statements.push(`${alter} FORCE ROW LEVEL SECURITY`);
  if (table.replicaIdentity === 'full' || table.replicaIdentity === 'nothing') {
    statements.push(`${alter} REPLICA IDENTITY ${table.replicaIdentity.toUpperCase()}`);
  }
  const candidates = table.replicaIdentity === 'index' ? identityIndexes(table) : [];
  const [identity] = candidates;
  if (identity !== undefined) statements.push(`${alter} REPLICA IDENTITY USING INDEX ${quoteIdentifier(identity)}`);
  const key = relationKey(table.name);
  const isGuess = table.replicaIdentity === 'index' && candidates.length !== 1;
  const reason = 'a catalog does not hold which index it is';
  return {
    ...partOf(statements),
    notWritten: isGuess ? [{ what: `replica identity of ${key}`, reason, object: key }] : [],
  };
}

function identityIndexes(table: Table): readonly string[] {
  return table.indexes
    .filter(
      ({ unique, valid, predicate, keys }) =>
        unique &&
        valid &&
        predicate === null &&
        keys.every(({ column }) => table.columns.some((one) => one.name === column && one.notNull)),
    )
    .sort((a, b) => Number(a.primary) - Number(b.primary))
    .map(({ name }) => name);
}
