import type { Table } from '../../model/catalog.ts';
import { findTable } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { addedConstraint } from '../added-constraint.ts';
import type { Rule, RuleInput } from '../rule.ts';

/** Uniqueness over a partitioned table needs the partition key in it. */
export const uniqueWithoutPartitionKey: Rule = {
  id: 'unique-without-partition-key',
  group: 'certain-failure',
  severity: 'error',
  about: ['create-index', 'alter-table'],
  commands: ['add-constraint'],
  ownRemedy: true,
  perCommand: true,
  summary: 'A unique key of a partitioned table has to contain the partition key.',
  remedy: 'Add the partition key to it, or make it unique on each partition when that is enough.',
  check(input) {
    const { facts } = input;
    const found = uniqueOf(input);
    if (found?.table?.partitionBy == null || facts.failure?.sqlstate !== '0A000') return null;
    const { table, columns } = found;
    const isVirtual = table.columns.some((one) => one.generated === 'virtual' && columns.includes(one.name));
    if (isVirtual) return null;
    const key = relationKey(table.name);
    return {
      title: `Makes (${columns.join(', ')}) unique in ${key}, which is partitioned by (${found.table.partitionBy.key}).`,
      consequence:
        'Each partition can only vouch for its own rows, so the server refuses it with 0A000, and the migration stops here.',
      relations: [...new Set([key, ...facts.locks.map((lock) => lock.relation)])],
    };
  },
};

function uniqueOf(input: RuleInput): { readonly table: Table | null; readonly columns: readonly string[] } | null {
  const { action, catalog } = input;
  if (action.kind === 'create-index') {
    if (!action.unique || action.concurrently) return null;
    return { table: findTable(catalog, action.table), columns: action.keys.flatMap((one) => one.column ?? []) };
  }
  const added = addedConstraint(input, 'unique') ?? addedConstraint(input, 'primary-key');
  if (added === null || added.constraint.usingIndex !== null) return null;
  return { table: added.table, columns: added.constraint.columns };
}
