import type { Action, CodeStatements } from '../model/action.ts';
import type { Catalog } from '../model/catalog.ts';
import { findRelation, tableOf } from '../model/catalog-lookup.ts';
import type { ColumnMention } from '../model/query-columns.ts';
import { type RelationKey, type RelationReference, relationKey } from '../model/relation-name.ts';

/**
 * The functions whose code names a column of a table, by name. The server looks such names up when the code runs, so it
 * neither renames them nor refuses a change. Only what is certain counts: a name that another relation of the same
 * statement may mean is left out.
 */
export function functionsNaming(catalog: Catalog, table: RelationKey, column: string): readonly string[] {
  return Object.entries(catalog.functions).flatMap(([name, { code }]) =>
    code !== undefined && codeNames(catalog, code, table, column) ? [name] : [],
  );
}

function codeNames(catalog: Catalog, code: CodeStatements, table: RelationKey, column: string): boolean {
  return code.statements.some((action) => actionNames(catalog, action, table, column));
}

function actionNames(catalog: Catalog, action: Action, table: RelationKey, column: string): boolean {
  if (action.kind === 'code-block') return action.code !== undefined && codeNames(catalog, action.code, table, column);
  if (action.kind !== 'dml') return false;
  const means = (reference: RelationReference): boolean => {
    const found = findRelation(catalog, reference);
    return found !== null && relationKey(found.name) === table;
  };
  const [writes] = action.writes;
  const isSet = action.sets?.includes(column) === true && writes !== undefined && means(writes);
  const touched = [...action.writes, ...action.reads];
  const others = touched.filter((one) => !means(one));
  const isMeant = ({ relation, column: name }: ColumnMention): boolean => {
    if (name !== column) return false;
    if (relation !== null) return means(relation);
    return touched.some(means) && others.every((one) => !mayHave(catalog, one, column));
  };
  return isSet || (action.query?.mentions ?? []).some(isMeant);
}

function mayHave(catalog: Catalog, reference: RelationReference, column: string): boolean {
  const found = findRelation(catalog, reference);
  const table = found === null ? null : tableOf(catalog, relationKey(found.name));
  return table === null || table.columns.some(({ name }) => name === column);
}
