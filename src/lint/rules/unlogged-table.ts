import { nameForCreation } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { type Rule, STYLE } from '../rule.ts';

/** CREATE UNLOGGED TABLE. */
export const unloggedTable: Rule = {
  id: 'unlogged-table',
  group: STYLE,
  severity: 'info',
  about: ['create-table'],
  summary: 'An unlogged table is empty after a crash, and on every standby.',
  remedy: 'Leave UNLOGGED out unless its rows can be made again at any time.',
  check({ action, catalog }) {
    if (action.kind !== 'create-table' || action.persistence !== 'unlogged') return null;
    const key = relationKey(nameForCreation(catalog, action.name));
    return {
      title: `Creates ${key} unlogged.`,
      consequence:
        'A crash empties it, standbys cannot read it, and to make it logged later writes it anew under a lock.',
      relations: [key],
    };
  },
};
