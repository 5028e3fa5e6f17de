import type { AlterTable } from '../../model/action.ts';
import type { Table } from '../../model/catalog.ts';
import { findTable } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { publicationsOf } from '../published.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** A published table without a primary key: nobody can say any more which row was changed. */
export const dropPrimaryKeyPublished: Rule = {
  id: 'drop-primary-key-published',
  severity: 'error',
  about: ['alter-table'],
  commands: ['drop-constraint'],
  ownRemedy: true,
  summary: 'A published table loses its primary key, and every UPDATE and DELETE of it fails from then on.',
  remedy: 'Set another replica identity first: ALTER TABLE ... REPLICA IDENTITY USING INDEX of a unique index.',
  check({ action, catalog, facts, isUsed }) {
    if (action.kind !== 'alter-table' || facts.failure !== null) return null;
    const table = findTable(catalog, action.name);
    if (table === null || table.replicaIdentity !== 'default' || !losesPrimaryKey(action, table)) return null;
    const publications = publicationsOf(catalog, table).filter((one) => one.insertsOnly !== true);
    const key = relationKey(table.name);
    if (publications.length === 0 || !isUsed(key)) return null;
    return {
      title: `Drops the primary key of ${key}, which is published by ${list(publications.map((one) => one.name))}.`,
      consequence:
        'The primary key is its replica identity: from the commit on every UPDATE and DELETE fails with 55000, while INSERT goes on.',
      relations: [key],
    };
  },
};

/** Unless the same statement gives it another one. */
function losesPrimaryKey({ commands }: AlterTable, table: Table): boolean {
  const primary = table.constraints.find((one) => one.kind === 'primary-key');
  const isDropped = commands.some((one) => one.kind === 'drop-constraint' && one.name === primary?.name);
  const isReplaced = commands.some(
    (one) =>
      one.kind === 'replica-identity' || (one.kind === 'add-constraint' && one.constraint.kind === 'primary-key'),
  );
  return primary !== undefined && isDropped && !isReplaced;
}
