import { findTable } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { quoteIdentifier } from '../../sql/postgres/quote.ts';
import { relationExists } from '../post-condition.ts';
import type { Recipe } from '../recipe.ts';

/**
 * RENAME TABLE: for a while both names work, the new one as a view that PostgreSQL writes through. When no old code
 * runs any more, the view goes and the table takes its name, in one transaction.
 */
export const renameTableByView: Recipe = {
  name: 'rename-table-by-view',
  rung: 'catalog-only',
  summary: 'Let both names work for a while: a view under the new name, then the rename.',
  plan(input) {
    const { action } = input.statement;
    if (action.kind !== 'rename' || action.object !== 'table') return null;
    const table = findTable(input.catalog, action.name);
    if (table === null || input.isFresh(relationKey(table.name))) return null;
    const old = relationKey(table.name);
    const fresh = relationKey({ schema: table.name.schema, name: action.to });
    return [
      {
        kind: 'transaction',
        name: `view-${action.to}`,
        phase: 'expand',
        why: 'A simple view can be read and written like the table, so new code works under the new name at once.',
        sql: [
          `CREATE VIEW ${fresh}${input.version.major >= 15 ? ' WITH (security_invoker = true)' : ''} AS SELECT * FROM ${old}`,
        ],
        undo: [`DROP VIEW IF EXISTS ${fresh}`],
        postCondition: relationExists(fresh),
      },
      {
        kind: 'gate',
        name: `gate-rename-${table.name.name}`,
        phase: 'contract',
        why: 'From the next step on the old name is gone.',
        deploy: `Deploy code that uses ${fresh} instead of ${old}, and wait until no older version runs.`,
      },
      {
        kind: 'transaction',
        name: `rename-${table.name.name}`,
        phase: 'contract',
        why: 'The view goes and the table takes its name in one transaction: whoever asks for the new name always finds it.',
        sql: [`DROP VIEW ${fresh}`, `ALTER TABLE ${old} RENAME TO ${quoteIdentifier(action.to)}`],
        undo: null,
        postCondition: {
          sentence: `${fresh} is a table`,
          sql: `SELECT EXISTS (SELECT 1 FROM pg_class WHERE oid = to_regclass('${fresh.replaceAll("'", "''")}') AND relkind IN ('r', 'p')) AS holds`,
        },
      },
    ];
  },
};
