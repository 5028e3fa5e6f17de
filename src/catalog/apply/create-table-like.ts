import type { Catalog, Column, Index, Table, TableConstraint } from '../../model/catalog.ts';
import { tableOf } from '../../model/catalog-lookup.ts';
import { chooseConstraintIndexName, chooseIndexName, joinNameParts } from '../../model/object-name.ts';
import type { RelationKey } from '../../model/relation-name.ts';
import { updateTable } from '../edit-catalog.ts';
import { mergeCheck } from './add-constraint.ts';
import { addOwnedSequence } from './add-sequence.ts';
import { setNotNull } from './set-not-null.ts';
import { copyStatistics } from './statistics.ts';

/** The words after INCLUDING that count in the end, `all` spelled out. */
function includes(options: readonly string[], wanted: string): boolean {
  return options.includes('all') || options.includes(wanted);
}

/** The columns of `LIKE source`; NOT NULL follows with the constraints. */
export function likeColumns(source: Table, options: readonly string[]): readonly Column[] {
  return source.columns.map((column) => {
    const keepsGenerated = column.generated !== null && includes(options, 'generated');
    const keepsDefault = column.generated === null ? includes(options, 'defaults') : keepsGenerated;
    return {
      ...column,
      notNull: false,
      default: keepsDefault ? column.default : null,
      generated: keepsGenerated ? column.generated : null,
      identity: includes(options, 'identity') ? column.identity : null,
    };
  });
}

/** What else `LIKE source` brings: NOT NULL always, sequences of identity columns, CHECKs and indexes when included. */
export function copyLikeExtras(catalog: Catalog, key: RelationKey, source: Table, options: readonly string[]): Catalog {
  let changed = catalog;
  const target = tableOf(catalog, key);
  if (target === null) return catalog;
  for (const column of source.columns) {
    if (column.identity !== null && includes(options, 'identity')) {
      // The server gives the copy a bigint sequence, whatever the column's type (measured on 13 to 18).
      changed = addOwnedSequence(changed, target.name, column.name, 'int8').catalog;
    }
    if (!column.notNull) continue;
    const own = source.constraints.find((one) => one.kind === 'not-null' && one.column === column.name);
    changed = setNotNull(changed, key, column.name, { name: own?.name ?? null, valid: true, only: true });
  }
  for (const constraint of source.constraints) {
    if (constraint.kind !== 'check' || !includes(options, 'constraints')) continue;
    changed = mergeCheck(changed, key, { ...constraint, valid: true });
  }
  if (includes(options, 'statistics')) changed = copyStatistics(changed, key, source);
  if (!includes(options, 'indexes')) return changed;
  for (const index of [...source.indexes].sort((a, b) => Number(b.primary) - Number(a.primary))) {
    changed = copyIndex(changed, key, source, index);
  }
  return changed;
}

function copyIndex(catalog: Catalog, key: RelationKey, source: Table, index: Index): Catalog {
  const target = tableOf(catalog, key);
  if (target === null || !index.valid) return catalog;
  const name = copyName(catalog, target, index);
  const constraint = index.constraint === null ? null : name;
  const { attachedTo: _attachedTo, ...rest } = index;
  const owner = source.constraints.find((one) => one.name === index.constraint);
  const added: readonly TableConstraint[] = owner === undefined || constraint === null ? [] : [{ ...owner, name }];
  const changed = updateTable(catalog, key, (table) => ({
    ...table,
    indexes: [...table.indexes, { ...rest, name, constraint }],
    constraints: [...table.constraints, ...added],
  }));
  if (!index.primary) return changed;
  return index.keys.reduce(
    (one, { column }) => setNotNull(one, key, column ?? '', { name: null, valid: true, only: true }),
    changed,
  );
}

function copyName(catalog: Catalog, target: Table, index: Index): string {
  const { schema, name } = target.name;
  const columns = joinNameParts([...index.keys.map((one) => one.column ?? 'expr'), ...index.include]);
  if (index.constraint === null) return chooseIndexName(catalog, target.name, index.keys, index.include);
  if (index.primary) return chooseConstraintIndexName(catalog, schema, name, null, 'pkey');
  return chooseConstraintIndexName(catalog, schema, name, columns, index.unique ? 'key' : 'excl');
}
