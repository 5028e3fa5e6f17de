import type { CreateTable } from '../../model/action.ts';
import type { Relation } from '../../model/catalog.ts';
import { nameForCreation } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** CREATE TABLE IF NOT EXISTS over a table that is another one. */
export const createTableIfNotExistsShadows: Rule = {
  id: 'create-table-if-not-exists-shadows',
  severity: 'warning',
  about: ['create-table'],
  summary: 'IF NOT EXISTS passes over a table that is there already with other columns.',
  remedy: 'Leave IF NOT EXISTS out, and add what is missing with ALTER TABLE.',
  check({ action, catalog }) {
    if (action.kind !== 'create-table' || !action.ifNotExists || action.persistence === 'temporary') return null;
    const key = relationKey(nameForCreation(catalog, action.name));
    const relation = catalog.relations[key];
    const difference = relation === undefined ? null : differenceOf(action, relation);
    if (difference === null) return null;
    return {
      title: `Leaves ${key} as it is: ${difference}.`,
      consequence:
        'The server answers with a notice and goes on; code that was written for the new table fails, and the next migration builds on something that is not there.',
      relations: [key],
    };
  },
};

function differenceOf(action: CreateTable, relation: Relation): string | null {
  if (relation.kind !== 'table') return `it is a ${relation.kind.replace('-', ' ')}, not a table`;
  if (action.like.length + action.inherits.length > 0 || action.partitionOf !== null) return null;
  const missing = action.columns.filter(({ name }) => !relation.columns.some((one) => one.name === name));
  if (missing.length > 0) {
    return `it is there already, without the column${missing.length === 1 ? '' : 's'} ${list(missing.map((one) => one.name))}`;
  }
  const other = action.columns.find(({ name, type }) => {
    const before = relation.columns.find((one) => one.name === name)?.type;
    // Types of users may be written with or without their schema.
    return before !== undefined && before.schema === null && type.schema === null && before.name !== type.name;
  });
  return other === undefined ? null : `it is there already, with another type of ${other.name}`;
}
