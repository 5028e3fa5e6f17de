import type { Drop } from '../../model/action.ts';
import type { Catalog } from '../../model/catalog.ts';
import { findRelation, findTable, findType } from '../../model/catalog-lookup.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { treeOf, updateTable } from '../edit-catalog.ts';
import { dropIndex } from './drop-constraint.ts';
import { dropFunction } from './drop-function.ts';
import { dropRelations } from './drop-relation.ts';
import { dropSchema } from './drop-schema.ts';
import { dropType } from './drop-type.ts';
import { extensionTypes } from './extension-types.ts';
import { withPolicyReads } from './policies.ts';
import { dropPublication } from './publications.ts';
import { dropStatistics } from './statistics.ts';

/** DROP of anything. What the server is certain to refuse changes nothing. */
export function drop(catalog: Catalog, action: Drop): Catalog {
  const each = (change: (changed: Catalog, name: RelationReference) => Catalog): Catalog =>
    action.names.reduce(change, catalog);
  switch (action.object) {
    case 'table':
    case 'view':
    case 'materialized-view':
    case 'sequence':
    case 'foreign-table':
      return dropNamed(catalog, action);
    case 'index':
      return each((changed, name) => dropIndex(changed, name, action.cascade));
    case 'type':
    case 'domain':
      return each((changed, name) => dropType(changed, name, action.cascade));
    case 'function':
      return action.names.reduce(
        (changed, name, at) => dropFunction(changed, name, action.cascade, action.arguments?.[at] ?? null),
        catalog,
      );
    case 'schema':
      return each((changed, name) => dropSchema(changed, name.name, action.cascade));
    case 'extension':
      return each((changed, { name }) => dropExtension(changed, name, action.cascade));
    case 'statistics':
      return each(dropStatistics);
    case 'publication':
      return each((changed, name) => dropPublication(changed, name.name));
    case 'trigger':
    case 'rule':
    case 'policy':
      return each((changed, name) => dropAttachment(changed, action, name));
    default:
      return catalog;
  }
}

/** Stays, as on the server, while a column is of one of its types. */
function dropExtension(catalog: Catalog, name: string, cascade: boolean): Catalog {
  const types = extensionTypes(name, catalog.serverMajor).map((type) => ({ schema: null, name: type }));
  const without = types.reduce((changed, type) => dropType(changed, type, cascade), catalog);
  if (types.some((type) => findType(without, type) !== null)) return catalog;
  if (catalog.extensions === undefined) return without;
  return { ...without, extensions: catalog.extensions.filter((one) => one !== name) };
}

function dropNamed(catalog: Catalog, action: Drop): Catalog {
  const roots = action.names.flatMap((name) => {
    const relation = findRelation(catalog, name);
    return relation === null ? [] : [relationKey(relation.name)];
  });
  return dropRelations(catalog, roots, action.cascade);
}

function dropAttachment(catalog: Catalog, action: Drop, reference: RelationReference): Catalog {
  const table = findTable(catalog, reference);
  if (table === null) return catalog;
  const key = relationKey(table.name);
  if (action.object === 'rule') {
    return updateTable(catalog, key, (one) => ({
      ...one,
      rules: (one.rules ?? []).filter((rule) => rule !== action.attachment),
    }));
  }
  if (action.object === 'policy') {
    const kept = updateTable(catalog, key, (one) => ({
      ...one,
      policies: one.policies.filter((policy) => policy !== action.attachment),
    }));
    const reads = catalog.policyReads ?? [];
    return withPolicyReads(
      kept,
      reads.filter((one) => one.table !== key || one.policy !== action.attachment),
    );
  }
  // Copies of a row trigger on partitions go with it.
  const isCopied = table.triggers.some((trigger) => trigger.name === action.attachment && trigger.forEachRow === true);
  return treeOf(catalog, key, !isCopied || table.partitionBy === null).reduce(
    (changed, target) =>
      updateTable(changed, target, (one) => ({
        ...one,
        triggers: one.triggers.filter((trigger) => trigger.name !== action.attachment),
      })),
    catalog,
  );
}
