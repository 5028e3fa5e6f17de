import type { Catalog, Index, Relation, Table, View } from '../../model/catalog.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { byName } from '../edit-catalog.ts';
import type { ReadExpression } from './expression-reader.ts';
import { groupBy } from './group-by.ts';
import { type ColumnRow, columnOfRow } from './read-columns.ts';
import { type ConstraintRow, constraintOfRow } from './read-constraints.ts';
import { type IndexRow, indexOfRow } from './read-indexes.ts';
import { type ParentRow, partitionByOf, type RelationRow, replicaIdentityOf, sizeOf } from './read-relations.ts';
import type { SequenceRow } from './read-sequences.ts';
import { type PolicyRow, type TriggerRow, triggerOfRow } from './read-triggers.ts';
import type { ReadRow, ViewSqlRow } from './read-views.ts';
import { typeOfRow } from './type-of-row.ts';
import { unseenParts } from './unseen.ts';

/** Everything about relations that a server answered. */
export interface RelationRows {
  readonly relations: readonly RelationRow[];
  readonly parents: readonly ParentRow[];
  readonly columns: readonly ColumnRow[];
  readonly constraints: readonly ConstraintRow[];
  readonly indexes: readonly IndexRow[];
  readonly triggers: readonly TriggerRow[];
  readonly policies: readonly PolicyRow[];
  readonly sequences: readonly SequenceRow[];
  readonly viewReads: readonly ReadRow[];
  readonly viewSql: readonly ViewSqlRow[];
}

/** Rows that were read one class at a time become tables, views and sequences. */
export function assembleRelations(rows: RelationRows, readExpression: ReadExpression): Catalog['relations'] {
  const assembly = new Assembly(rows, readExpression);
  return Object.fromEntries(
    rows.relations.map((row): [RelationKey, Relation] => [relationKey(row), assembly.relation(row)]),
  );
}

class Assembly {
  readonly #readExpression: ReadExpression;
  readonly #relations: ReadonlyMap<string, RelationRow>;
  readonly #columns: ReadonlyMap<string, readonly ColumnRow[]>;
  readonly #constraints: ReadonlyMap<string, readonly ConstraintRow[]>;
  readonly #indexes: ReadonlyMap<string, readonly IndexRow[]>;
  readonly #triggers: ReadonlyMap<string, readonly TriggerRow[]>;
  readonly #policies: ReadonlyMap<string, readonly PolicyRow[]>;
  readonly #parents: ReadonlyMap<string, readonly ParentRow[]>;
  readonly #sequences: ReadonlyMap<string, SequenceRow>;
  readonly #reads: ReadonlyMap<string, readonly ReadRow[]>;
  readonly #viewSql: ReadonlyMap<string, string | null>;

  constructor(rows: RelationRows, readExpression: ReadExpression) {
    this.#readExpression = readExpression;
    this.#relations = new Map(rows.relations.map((row) => [row.oid, row]));
    this.#columns = groupBy(rows.columns, (row) => row.relation);
    this.#constraints = groupBy(rows.constraints, (row) => row.relation);
    this.#indexes = groupBy(rows.indexes, (row) => row.relation);
    this.#triggers = groupBy(rows.triggers, (row) => row.relation);
    this.#policies = groupBy(rows.policies, (row) => row.relation);
    this.#parents = groupBy(rows.parents, (row) => row.child);
    this.#sequences = new Map(rows.sequences.map((row) => [row.oid, row]));
    this.#reads = groupBy(rows.viewReads, (row) => row.view);
    this.#viewSql = new Map(rows.viewSql.map((row) => [row.oid, row.sql]));
  }

  relation(row: RelationRow): Relation {
    switch (row.kind) {
      case 'S':
        return this.#sequence(row);
      case 'v':
      case 'm':
        return this.#view(row);
      default:
        return this.#table(row);
    }
  }

  #key(oid: string): RelationKey | null {
    const row = this.#relations.get(oid);
    return row === undefined ? null : relationKey(row);
  }

  #columnName(relation: string, number: number): string {
    return this.#columns.get(relation)?.find((column) => column.number === number)?.name ?? '';
  }

  #table(row: RelationRow): Table {
    const { oid } = row;
    const parents = (this.#parents.get(oid) ?? []).flatMap(({ parent }) => this.#key(parent) ?? []);
    const [parent] = parents;
    const isPartition = row.bound !== null && parent !== undefined;
    const names = {
      column: (relation: string, number: number): string => this.#columnName(relation, number),
      relation: (other: string): RelationKey | null => this.#key(other),
    };
    return {
      kind: 'table',
      name: { schema: row.schema, name: row.name },
      columns: (this.#columns.get(oid) ?? []).map((column) => columnOfRow(column, this.#readExpression)),
      constraints: (this.#constraints.get(oid) ?? [])
        .flatMap((one) => constraintOfRow(one, names, this.#readExpression) ?? [])
        .sort(byName),
      indexes: this.#indexesOf(oid),
      triggers: (this.#triggers.get(oid) ?? []).map(triggerOfRow).sort(byName),
      rowSecurity: row.rowSecurity ? (row.forceRowSecurity ? 'forced' : 'on') : 'off',
      policies: (this.#policies.get(oid) ?? []).map((policy) => policy.name).sort(),
      persistence: row.persistence === 'u' ? 'unlogged' : row.persistence === 't' ? 'temporary' : 'permanent',
      replicaIdentity: replicaIdentityOf(row),
      partitionBy: partitionByOf(row),
      partitionOf: isPartition ? { parent, bound: row.bound } : null,
      inherits: isPartition ? [] : parents,
      ...sizeOf(row),
      rules: JSON.parse(row.rules) as readonly string[],
      ...(row.tablespace === null ? {} : { tablespace: row.tablespace }),
      ...(row.accessMethod === null ? {} : { accessMethod: row.accessMethod }),
      ...this.#notSeen(row),
    };
  }

  #notSeen(row: RelationRow): { readonly notSeen?: readonly string[] } {
    const { oid } = row;
    const parts = unseenParts({
      relation: row,
      columns: this.#columns.get(oid) ?? [],
      constraints: this.#constraints.get(oid) ?? [],
      indexes: this.#indexes.get(oid) ?? [],
      viewSql: this.#viewSql.get(oid) ?? null,
    });
    return parts.length === 0 ? {} : { notSeen: parts };
  }

  #indexesOf(oid: string): readonly Index[] {
    return (this.#indexes.get(oid) ?? [])
      .map((one) => indexOfRow(one, (number) => this.#columnName(oid, number), this.#readExpression))
      .sort(byName);
  }

  #view(row: RelationRow): View {
    const reads = (this.#reads.get(row.oid) ?? []).flatMap((read) => {
      const relation = this.#key(read.relation);
      if (relation === null) return [];
      const numbers = JSON.parse(read.columns) as readonly number[];
      return [{ relation, columns: numbers.map((number) => this.#columnName(read.relation, number)).sort() }];
    });
    return {
      kind: row.kind === 'm' ? 'materialized-view' : 'view',
      name: { schema: row.schema, name: row.name },
      reads: reads.sort((a, b) => (a.relation < b.relation ? -1 : 1)),
      sql: this.#viewSql.get(row.oid) ?? '',
      columns: (this.#columns.get(row.oid) ?? []).map((column) => ({ name: column.name, type: typeOfRow(column) })),
      indexes: this.#indexesOf(row.oid),
      ...(row.kind === 'm' ? sizeOf(row) : { rowsEstimate: null, bytes: null }),
      ...this.#notSeen(row),
    };
  }

  #sequence(row: RelationRow): Relation {
    const details = this.#sequences.get(row.oid);
    const owner = details?.owner == null ? null : this.#key(details.owner);
    return {
      kind: 'sequence',
      name: { schema: row.schema, name: row.name },
      type: details?.type ?? 'int8',
      ownedBy:
        owner === null || details?.owner == null
          ? null
          : { relation: owner, column: this.#columnName(details.owner, details.ownerColumn ?? 0) },
    };
  }
}
