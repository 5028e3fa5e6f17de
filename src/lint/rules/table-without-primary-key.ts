import { nameForCreation } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { getsPrimaryKeyLater } from '../gets-primary-key.ts';
import { type Rule, STYLE } from '../rule.ts';

/** CREATE TABLE without a primary key. */
export const tableWithoutPrimaryKey: Rule = {
  id: 'table-without-primary-key',
  group: STYLE,
  severity: 'info',
  about: ['create-table'],
  summary: 'A new table without a primary key.',
  remedy: 'Give it a primary key: replication, batches and tools go by it.',
  check(input) {
    const { action, catalog } = input;
    if (action.kind !== 'create-table' || action.persistence === 'temporary') return null;
    const mayGetOne = action.partitionOf !== null || action.like.length > 0;
    const constraints = [...action.constraints, ...action.columns.flatMap((column) => column.constraints)];
    if (mayGetOne || constraints.some((one) => one.kind === 'primary-key')) return null;
    const key = relationKey(nameForCreation(catalog, action.name));
    if (getsPrimaryKeyLater(input, key)) return null;
    return {
      title: `Creates ${key} without a primary key.`,
      consequence:
        'Once it is published, its UPDATEs and DELETEs fail with 55000; rows cannot be told apart in batches.',
      relations: [key],
    };
  },
};
