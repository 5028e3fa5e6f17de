import type {
  Catalog,
  CheckConstraint,
  ForeignKeyConstraint,
  Index,
  KeyConstraint,
  Table,
  TableConstraint,
} from '../../model/catalog.ts';
import { resolveName, tableOf } from '../../model/catalog-lookup.ts';
import type {
  CheckDefinition,
  ConstraintDefinition,
  ExclusionDefinition,
  ForeignKeyDefinition,
  KeyDefinition,
} from '../../model/definition.ts';
import type { Expression } from '../../model/expression.ts';
import { chooseConstraintIndexName, chooseConstraintName, joinNameParts } from '../../model/object-name.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { parseExpression } from '../../sql/postgres/parse-expression.ts';
import { quoteIdentifier } from '../../sql/postgres/quote.ts';
import { scanTokens } from '../../sql/postgres/token.ts';
import { directPartitions, treeOf, updateTable } from '../edit-catalog.ts';
import { spreadIndex } from './add-index.ts';
import { resolveExpression } from './resolve-names.ts';
import { setNotNull } from './set-not-null.ts';

export interface AddConstraintOptions {
  /** ALTER TABLE ONLY: children are left alone. */
  readonly only: boolean;
  /** The table or the column is new: there is no row to check, so NOT VALID is not kept. */
  readonly fresh: boolean;
}

/** The table with one more constraint, named as the server would name it, and what follows for its children. */
export function addConstraint(
  catalog: Catalog,
  key: RelationKey,
  definition: ConstraintDefinition,
  options: AddConstraintOptions,
): Catalog {
  const table = tableOf(catalog, key);
  if (table === null || hasConstraint(table, definition.name)) return catalog;
  switch (definition.kind) {
    case 'check':
      return addCheck(catalog, table, definition, options);
    case 'foreign-key':
      return addForeignKey(catalog, table, definition, options);
    case 'primary-key':
    case 'unique':
      return definition.usingIndex === null
        ? addKey(catalog, table, definition, options)
        : takeOverIndex(catalog, table, definition, definition.usingIndex);
    case 'exclude':
      return addExclusion(catalog, table, definition, options);
    case 'not-null':
      return setNotNull(catalog, key, definition.column, {
        name: definition.name,
        valid: definition.valid || options.fresh,
        only: options.only,
      });
  }
}

function hasConstraint(table: Table, name: string | null): boolean {
  return name !== null && table.constraints.some((constraint) => constraint.name === name);
}

function withConstraint(catalog: Catalog, key: RelationKey, constraint: TableConstraint): Catalog {
  return updateTable(catalog, key, (table) => ({ ...table, constraints: [...table.constraints, constraint] }));
}

function withIndex(catalog: Catalog, key: RelationKey, index: Index): Catalog {
  return updateTable(catalog, key, (table) => ({ ...table, indexes: [...table.indexes, index] }));
}

function addCheck(
  catalog: Catalog,
  table: Table,
  definition: CheckDefinition,
  { only, fresh }: AddConstraintOptions,
): Catalog {
  const { schema, name: tableName } = table.name;
  const expression = resolveExpression(catalog, ofColumns(table, definition.expression));
  const { columns } = expression;
  const column = columns.length === 1 ? (columns[0] ?? null) : null;
  const constraint: CheckConstraint = {
    kind: 'check',
    name: definition.name ?? chooseConstraintName(catalog, schema, tableName, column, 'check'),
    expression,
    valid: definition.enforced && (definition.valid || fresh),
    noInherit: definition.noInherit,
    ...(definition.enforced ? {} : { enforced: false }),
  };
  let changed = catalog;
  for (const target of treeOf(catalog, relationKey(table.name), only || constraint.noInherit)) {
    changed = mergeCheck(changed, target, constraint);
  }
  return changed;
}

/** The table's own name in an expression is the whole row and no column. */
function ofColumns(table: Table, expression: Expression): Expression {
  const isColumn = (name: string): boolean => table.columns.some((column) => column.name === name);
  return {
    ...expression,
    columns: expression.columns.filter(isColumn),
    provesNotNull: expression.provesNotNull.filter(isColumn),
  };
}

/** A child that has the parent's CHECK already, under the same name, keeps its own. */
export function mergeCheck(catalog: Catalog, key: RelationKey, constraint: CheckConstraint): Catalog {
  const child = tableOf(catalog, key);
  return child === null || hasConstraint(child, constraint.name) ? catalog : withConstraint(catalog, key, constraint);
}

function addForeignKey(
  catalog: Catalog,
  table: Table,
  definition: ForeignKeyDefinition,
  { fresh }: AddConstraintOptions,
): Catalog {
  const { schema, name: tableName } = table.name;
  const references = relationKey(resolveName(catalog, definition.references));
  const column = joinNameParts(definition.columns);
  const constraint: ForeignKeyConstraint = {
    kind: 'foreign-key',
    name: definition.name ?? chooseConstraintName(catalog, schema, tableName, column, 'fkey'),
    columns: definition.columns,
    references,
    referencedColumns:
      definition.referencedColumns.length > 0 ? definition.referencedColumns : primaryKeyOf(catalog, references),
    valid: definition.enforced && (definition.valid || fresh),
    deferrable: definition.deferrable,
    ...(definition.initiallyDeferred === true ? { initiallyDeferred: true } : {}),
    ...(definition.matchFull === true ? { matchFull: true } : {}),
    ...(definition.onDeleteColumns === undefined ? {} : { onDeleteColumns: definition.onDeleteColumns }),
    onDelete: definition.onDelete,
    onUpdate: definition.onUpdate,
    ...(definition.enforced ? {} : { enforced: false }),
  };
  const key = relationKey(table.name);
  return spreadForeignKey(withConstraint(catalog, key, constraint), key, constraint);
}

function primaryKeyOf(catalog: Catalog, key: RelationKey): readonly string[] {
  const constraint = tableOf(catalog, key)?.constraints.find((one) => one.kind === 'primary-key');
  return constraint?.kind === 'primary-key' ? constraint.columns : [];
}

/** The parent's foreign key on every partition below it; plain inheritance does not pass foreign keys on. */
export function spreadForeignKey(catalog: Catalog, parent: RelationKey, constraint: ForeignKeyConstraint): Catalog {
  let changed = catalog;
  for (const partition of directPartitions(catalog, parent)) {
    changed = giveForeignKey(changed, relationKey(partition.name), constraint);
  }
  return changed;
}

/** One partition (and what is below it) gets the parent's foreign key, unless it has the same already. */
export function giveForeignKey(catalog: Catalog, key: RelationKey, constraint: ForeignKeyConstraint): Catalog {
  const partition = tableOf(catalog, key);
  if (partition === null || partition.constraints.some((own) => isSameForeignKey(own, constraint))) return catalog;
  const { schema, name: tableName } = partition.name;
  const name = hasConstraint(partition, constraint.name)
    ? chooseConstraintName(catalog, schema, tableName, joinNameParts(constraint.columns), 'fkey')
    : constraint.name;
  const own = { ...constraint, name };
  return spreadForeignKey(withConstraint(catalog, key, own), key, own);
}

/** Whether a partition's constraint says the same as the parent's foreign key, whatever it is called. */
export function isSameForeignKey(own: TableConstraint, other: ForeignKeyConstraint): boolean {
  if (own.kind !== 'foreign-key') return false;
  const shape = ({ name: _name, valid: _valid, ...rest }: ForeignKeyConstraint): string => JSON.stringify(rest);
  return shape(own) === shape(other);
}

function addKey(catalog: Catalog, table: Table, definition: KeyDefinition, { only }: AddConstraintOptions): Catalog {
  const { schema, name: tableName } = table.name;
  const primary = definition.kind === 'primary-key';
  const columns = [...definition.columns, ...definition.include];
  const name =
    definition.name ??
    (primary
      ? chooseConstraintIndexName(catalog, schema, tableName, null, 'pkey')
      : chooseConstraintIndexName(catalog, schema, tableName, joinNameParts(columns), 'key'));
  const key = relationKey(table.name);
  const index: Index = {
    name,
    unique: true,
    primary,
    valid: !(only && directPartitions(catalog, key).length > 0),
    method: /\bWITHOUT\s+OVERLAPS\b/i.test(definition.sql) ? 'gist' : 'btree',
    keys: definition.columns.map((column) => ({ column, expression: null })),
    include: definition.include,
    predicate: null,
    constraint: name,
    definitionSql: keyIndexSql(definition),
  };
  const keyed = primary ? notNullColumns(catalog, key, definition.columns, only) : catalog;
  const constraint = keyConstraint(definition, name, definition.columns);
  const added = withConstraint(withIndex(keyed, key, index), key, constraint);
  return only ? added : spreadIndex(added, key, index);
}

/** The index of a key as CREATE INDEX would describe it, from USING on. */
function keyIndexSql({ columns, include, nullsNotDistinct }: KeyDefinition): string {
  const list = (names: readonly string[]): string => `(${names.map(quoteIdentifier).join(', ')})`;
  const carried = include.length === 0 ? '' : ` INCLUDE ${list(include)}`;
  return `USING btree ${list(columns)}${carried}${nullsNotDistinct ? ' NULLS NOT DISTINCT' : ''}`;
}

function keyConstraint(definition: KeyDefinition, name: string, columns: readonly string[]): KeyConstraint {
  const { kind, deferrable, initiallyDeferred } = definition;
  return { kind, name, columns, deferrable, ...(initiallyDeferred === true ? { initiallyDeferred } : {}) };
}

function notNullColumns(catalog: Catalog, key: RelationKey, columns: readonly string[], only: boolean): Catalog {
  let changed = catalog;
  for (const column of columns) changed = setNotNull(changed, key, column, { name: null, valid: true, only });
  return changed;
}

/** USING INDEX: the index goes by the constraint's name from now on. */
function takeOverIndex(catalog: Catalog, table: Table, definition: KeyDefinition, indexName: string): Catalog {
  const index = table.indexes.find((candidate) => candidate.name === indexName && candidate.constraint === null);
  if (index === undefined) return catalog;
  const key = relationKey(table.name);
  const name = definition.name ?? indexName;
  const columns = index.keys.flatMap((one) => one.column ?? []);
  const primary = definition.kind === 'primary-key';
  const keyed = primary ? notNullColumns(catalog, key, columns, false) : catalog;
  const renamed = updateTable(keyed, key, (one) => ({
    ...one,
    indexes: one.indexes.map((own) => (own.name === indexName ? { ...own, name, primary, constraint: name } : own)),
  }));
  return withConstraint(renamed, key, keyConstraint(definition, name, columns));
}

function addExclusion(
  catalog: Catalog,
  table: Table,
  definition: ExclusionDefinition,
  { only }: AddConstraintOptions,
): Catalog {
  const { schema, name: tableName } = table.name;
  const parts = exclusionParts(definition.sql);
  const addition = joinNameParts(definition.columns);
  const name = definition.name ?? chooseConstraintIndexName(catalog, schema, tableName, addition, 'excl');
  const key = relationKey(table.name);
  const index: Index = {
    name,
    unique: false,
    primary: false,
    valid: true,
    method: parts.method,
    keys: definition.columns.map((column) => ({ column, expression: null })),
    include: [],
    predicate: parts.predicate === null ? null : resolveExpression(catalog, parseExpression(parts.predicate)),
    constraint: name,
    definitionSql: definition.sql.replace(/^EXCLUDE\s+/i, ''),
  };
  const added = withConstraint(withIndex(catalog, key, index), key, { kind: 'exclude', name });
  return only ? added : spreadIndex(added, key, index);
}

/** The access method and the WHERE of `EXCLUDE USING gist (a WITH =) WHERE (b)`. */
function exclusionParts(sql: string): { readonly method: string; readonly predicate: string | null } {
  const tokens = scanTokens(sql);
  const word = (text: string): number =>
    tokens.findIndex((token) => token.depth === 0 && token.text.toUpperCase() === text);
  const using = word('USING');
  const where = word('WHERE');
  const open = tokens[where + 1];
  const close = tokens.find(
    (token) => open !== undefined && token.start > open.start && token.depth === 0 && token.text === ')',
  );
  return {
    method: using < 0 ? 'btree' : (tokens[using + 1]?.text ?? 'gist').toLowerCase(),
    predicate: where < 0 || open === undefined || close === undefined ? null : sql.slice(open.end, close.start),
  };
}
