import { resolveName } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** GRANT ... TO PUBLIC on a table, view or sequence. */
export const grantToPublic: Rule = {
  id: 'grant-to-public',
  severity: 'warning',
  about: ['grant'],
  summary: 'Rights on a table are given to every role, those of tomorrow included.',
  remedy: 'Grant to the roles that need it, by name.',
  check({ action, catalog }) {
    if (action.kind !== 'grant' || action.toPublic !== true || action.relations.length === 0) return null;
    const tables = action.relations.map((one) => relationKey(resolveName(catalog, one)));
    return {
      title: `Gives rights on ${list(tables)} to PUBLIC.`,
      consequence: 'Every role that can connect has them, each one made later too, until somebody revokes it.',
      relations: tables,
    };
  },
};
