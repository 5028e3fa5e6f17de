import type { Action } from '../model/action.ts';
import type { Catalog } from '../model/catalog.ts';
import { findTable, nameForCreation } from '../model/catalog-lookup.ts';
import { relationKey } from '../model/relation-name.ts';
import type { Statement } from '../model/statement.ts';
import { createIndex } from './apply/add-index.ts';
import { alterTable } from './apply/alter-table.ts';
import { rememberCluster } from './apply/cluster.ts';
import { createTable } from './apply/create-table.ts';
import { createTrigger } from './apply/create-trigger.ts';
import { createTableAs, createView } from './apply/create-view.ts';
import { drop } from './apply/drop.ts';
import { followRelations } from './apply/follow-relations.ts';
import { isSameOverload, resolveOverload } from './apply/overloads.ts';
import { alterPolicy, createPolicy } from './apply/policies.ts';
import { changePublication } from './apply/publications.ts';
import { reindex } from './apply/reindex.ts';
import { rename, setSchema } from './apply/rename.ts';
import { setSearchPath } from './apply/search-path.ts';
import { alterSequence, createSequence } from './apply/sequences.ts';
import { createStatistics } from './apply/statistics.ts';
import { alterDomain, alterEnum, createDomain, createEnum, createExtension, createType } from './apply/user-types.ts';
import { putFunction, updateTable } from './edit-catalog.ts';

/**
 * The schema after a statement, as a PostgreSQL server of the catalog's major would have it: names that the server
 * makes up, what follows into partitions and children, what goes along with a DROP. Nothing is changed in place.
 *
 * A statement about a relation that the catalog does not hold, one that the server is certain to refuse, and one whose
 * effect we do not know (DO, CALL, opaque) leave the catalog as it is; saying so is a matter of the facts. The parser
 * must have been loaded. Held against servers of 13 to 18, statement by statement, in `test/catalog/`.
 *
 * @example
 * const after = parseStatements(sql, path).reduce(applyStatement, emptyCatalog(18));
 */
export function applyStatement(catalog: Catalog, statement: Statement): Catalog {
  return followRelations(catalog, applyAction(catalog, statement), statement.action);
}

function applyAction(catalog: Catalog, statement: Statement): Catalog {
  const { action } = statement;
  switch (action.kind) {
    case 'create-table':
      return createTable(catalog, action, statement.sql);
    case 'create-table-as':
      return createTableAs(catalog, action);
    case 'alter-table':
      return alterTable(catalog, action);
    case 'create-index':
      return createIndex(catalog, action);
    case 'drop':
      return drop(catalog, action);
    case 'rename':
      return rename(catalog, action);
    case 'set-schema':
      return setSchema(catalog, action);
    case 'create-view':
      return createView(catalog, action);
    case 'create-trigger':
      return createTrigger(catalog, action, statement.sql);
    default:
      return applyOther(catalog, action);
  }
}

function applyOther(catalog: Catalog, action: Action): Catalog {
  switch (action.kind) {
    case 'create-rule':
      return createRule(catalog, action);
    case 'create-policy':
      return createPolicy(catalog, action);
    case 'alter-policy':
      return alterPolicy(catalog, action);
    case 'create-statistics':
      return createStatistics(catalog, action);
    case 'publication':
      return changePublication(catalog, action);
    case 'cluster':
      return rememberCluster(catalog, action);
    case 'create-enum':
      return createEnum(catalog, action);
    case 'alter-enum':
      return alterEnum(catalog, action);
    case 'create-domain':
      return createDomain(catalog, action);
    case 'alter-domain':
      return alterDomain(catalog, action);
    case 'create-type':
      return createType(catalog, action);
    case 'create-extension':
      return createExtension(catalog, action);
    case 'create-sequence':
      return createSequence(catalog, action);
    case 'alter-sequence':
      return alterSequence(catalog, action);
    case 'create-function':
      return createFunction(catalog, action);
    case 'create-schema':
      if (catalog.schemas.includes(action.name)) return catalog;
      return { ...catalog, schemas: [...catalog.schemas, action.name].sort() };
    case 'set-variable':
      return setSearchPath(catalog, action);
    case 'reindex':
      return reindex(catalog, action);
    default:
      // What is left changes rows, locks, rights, statistics or words, but no schema.
      return catalog;
  }
}

function createRule(
  catalog: Catalog,
  action: Extract<Action, { kind: 'create-rule' | 'create-policy' | 'alter-policy' }>,
): Catalog {
  const table = findTable(catalog, action.table);
  if (table === null || table.rules?.includes(action.name) === true) return catalog;
  return updateTable(catalog, relationKey(table.name), (one) => ({
    ...one,
    rules: [...(one.rules ?? []), action.name].sort(),
  }));
}

function createFunction(catalog: Catalog, action: Extract<Action, { kind: 'create-function' }>): Catalog {
  const { volatility, language, body, overload } = action;
  const name = nameForCreation(catalog, action.name);
  const others = catalog.functions[relationKey(name)]?.overloads ?? [];
  const added = overload === undefined ? null : resolveOverload(catalog, overload);
  const overloads = added === null ? others : [...others.filter((one) => !isSameOverload(one, added)), added];
  const run = action.code === undefined ? {} : { code: action.code };
  return putFunction(catalog, { name, volatility, language, body, overloads, ...run });
}
