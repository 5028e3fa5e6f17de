import type { CreateTrigger } from '../../model/action.ts';
import type { Catalog, Trigger } from '../../model/catalog.ts';
import { findTable, tableOf } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { isWord, scanTokens } from '../../sql/postgres/token.ts';
import { treeOf, updateTable } from '../edit-catalog.ts';
import { resolveFunctionName } from './resolve-names.ts';

/** CREATE TRIGGER; a row trigger of a partitioned table is copied to every partition. */
export function createTrigger(catalog: Catalog, action: CreateTrigger, sql: string): Catalog {
  const table = findTable(catalog, action.table);
  if (table === null || (!action.replace && table.triggers.some((own) => own.name === action.name))) return catalog;
  const forEachRow = firesForEachRow(sql);
  const key = relationKey(table.name);
  return treeOf(catalog, key, !forEachRow || table.partitionBy === null).reduce((changed, target) => {
    const columns = new Set(tableOf(changed, target)?.columns.map((column) => column.name));
    const trigger: Trigger = {
      name: action.name,
      // A WHEN condition may name the row variables OLD and NEW themselves.
      columns: action.columns.filter((column) => columns.has(column)).sort(),
      function: resolveFunctionName(catalog, action.function),
      ...(forEachRow ? { forEachRow } : {}),
      ...(action.events === undefined ? {} : { events: action.events }),
    };
    return updateTable(changed, target, (one) => ({
      ...one,
      triggers: [...one.triggers.filter((own) => own.name !== trigger.name), trigger],
    }));
  }, catalog);
}

function firesForEachRow(sql: string): boolean {
  const tokens = scanTokens(sql);
  return tokens.some((token, at) => {
    if (token.depth > 0 || !isWord(token, 'FOR')) return false;
    return isWord(tokens[at + 1], 'ROW') || (isWord(tokens[at + 1], 'EACH') && isWord(tokens[at + 2], 'ROW'));
  });
}
