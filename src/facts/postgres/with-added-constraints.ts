import type { AlterTable } from '../../model/action.ts';
import type { AlterCommand, AlterCommandKind } from '../../model/alter-command.ts';
import type { Index, Table, TableConstraint } from '../../model/catalog.ts';
import { tableOf } from '../../model/catalog-lookup.ts';
import type { ConstraintDefinition } from '../../model/definition.ts';
import { chooseConstraintIndexName, chooseConstraintName, joinNameParts } from '../../model/object-name.ts';
import { type FactsContext, keyOf } from './facts-context.ts';

/** Commands of the last pass, which come after every constraint that the statement adds. */
const LAST: ReadonlySet<AlterCommandKind> = new Set<AlterCommandKind>([
  'validate-constraint',
  'alter-constraint',
  'cluster-on',
  'replica-identity',
]);

/** The table as a command of the last pass finds it: with the constraints that the same ALTER TABLE adds. */
export function withAddedConstraints(
  context: FactsContext,
  table: Table,
  action: AlterTable,
  command: AlterCommand,
): Table {
  if (command.kind === 'add-constraint' && command.constraint.kind === 'not-null') {
    const set = setNotNulls(context, table, action);
    return set.length === 0 ? table : { ...table, constraints: [...table.constraints, ...set] };
  }
  if (!LAST.has(command.kind)) return table;
  const constraints: TableConstraint[] = [];
  const indexes: Index[] = [];
  for (const one of action.commands) {
    if (one.kind !== 'add-constraint') continue;
    const constraint = constraintOf(context, table, one.constraint);
    if (constraint === null || table.constraints.some(({ name }) => name === constraint.name)) continue;
    constraints.push(constraint);
    if (constraint.kind === 'primary-key' || constraint.kind === 'unique') indexes.push(indexOf(constraint));
  }
  if (constraints.length === 0) return table;
  const keys = constraints.flatMap((one) => (one.kind === 'primary-key' ? one.columns : []));
  return {
    ...table,
    columns: table.columns.map((one) => (keys.includes(one.name) ? { ...one, notNull: true } : one)),
    constraints: [...table.constraints, ...constraints],
    indexes: [...table.indexes, ...indexes],
  };
}

/** Since 18 SET NOT NULL makes a constraint, before any that is added. */
function setNotNulls({ catalog, version }: FactsContext, table: Table, action: AlterTable): readonly TableConstraint[] {
  if (version.major < 18) return [];
  return action.commands.flatMap((one) => {
    if (one.kind !== 'set-not-null' || hasNotNull(table, one.column)) return [];
    const name = chooseConstraintName(catalog, table.name.schema, table.name.name, one.column, 'not_null');
    return [{ kind: 'not-null', name, column: one.column, valid: true } as const];
  });
}

function hasNotNull(table: Table, column: string): boolean {
  return table.constraints.some((one) => one.kind === 'not-null' && one.column === column);
}

function constraintOf(context: FactsContext, table: Table, definition: ConstraintDefinition): TableConstraint | null {
  const { catalog } = context;
  const { schema, name: of } = table.name;
  const called = (column: string | null, suffix: 'check' | 'fkey' | 'not_null'): string =>
    definition.name ?? chooseConstraintName(catalog, schema, of, column, suffix);
  switch (definition.kind) {
    case 'check': {
      const { expression, noInherit, enforced, valid } = definition;
      const [only, ...others] = expression.columns;
      const name = called(others.length === 0 ? (only ?? null) : null, 'check');
      return { kind: 'check', name, expression, noInherit, valid: valid && enforced, ...unlessEnforced(enforced) };
    }
    case 'foreign-key': {
      const { columns, deferrable, onDelete, onUpdate, enforced } = definition;
      const references = keyOf(context, definition.references);
      const referencedColumns = definition.referencedColumns.length > 0 ? definition.referencedColumns : primaryKey();
      const name = called(joinNameParts(columns), 'fkey');
      const valid = definition.valid && enforced;
      const kept = { columns, deferrable, onDelete, onUpdate, references, referencedColumns };
      return { kind: 'foreign-key', name, valid, ...kept, ...unlessEnforced(enforced) };
    }
    case 'not-null': {
      const { column, valid } = definition;
      return hasNotNull(table, column) ? null : { kind: 'not-null', name: called(column, 'not_null'), column, valid };
    }
    case 'primary-key':
    case 'unique': {
      if (definition.usingIndex !== null && definition.name === null) return null;
      const isPrimary = definition.kind === 'primary-key';
      const parts = isPrimary ? null : joinNameParts(definition.columns);
      const name = definition.name ?? chooseConstraintIndexName(catalog, schema, of, parts, isPrimary ? 'pkey' : 'key');
      return { kind: definition.kind, name, columns: definition.columns, deferrable: definition.deferrable };
    }
    case 'exclude':
      return definition.name === null ? null : { kind: 'exclude', name: definition.name };
  }

  function primaryKey(): readonly string[] {
    const target = definition.kind === 'foreign-key' ? tableOf(catalog, keyOf(context, definition.references)) : null;
    const key = target?.constraints.find((one) => one.kind === 'primary-key');
    return key?.kind === 'primary-key' ? key.columns : [];
  }
}

function unlessEnforced(enforced: boolean): { readonly enforced?: false } {
  return enforced ? {} : { enforced: false };
}

function indexOf(key: TableConstraint & { readonly kind: 'primary-key' | 'unique' }): Index {
  return {
    name: key.name,
    unique: true,
    primary: key.kind === 'primary-key',
    valid: true,
    method: 'btree',
    keys: key.columns.map((column) => ({ column, expression: null })),
    include: [],
    predicate: null,
    constraint: key.name,
    definitionSql: '',
  };
}
