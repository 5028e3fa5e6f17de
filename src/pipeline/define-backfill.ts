import { isSteady } from '../facts/postgres/volatility.ts';
import type { BackfillDefinition } from '../model/backfill.ts';
import type { Catalog } from '../model/catalog.ts';
import type { NoRowChange } from '../model/row-change.ts';
import { cutBackfill } from '../plan/cut-backfill.ts';
import { readRowChange } from '../sql/postgres/read-row-change.ts';

/**
 * Reads a statement that somebody wrote and cuts it, on the schema of a live database. Pure.
 *
 * @throws SqlSyntaxError when PostgreSQL's parser refuses it.
 */
export function defineBackfill(statement: string, catalog: Catalog): BackfillDefinition | NoRowChange {
  const change = readRowChange(statement, 'statement');
  if ('reason' in change) return change;
  return cutBackfill({ change, catalog, isSteady: (expression) => isSteady({ catalog }, expression) });
}
