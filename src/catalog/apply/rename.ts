import type { Rename, SetSchema } from '../../model/action.ts';
import type { Catalog, Table } from '../../model/catalog.ts';
import { findFunction, findIndex, findRelation, findType } from '../../model/catalog-lookup.ts';
import {
  type QualifiedName,
  type RelationKey,
  type RelationReference,
  relationKey,
} from '../../model/relation-name.ts';
import { putType, treeOf, updateTable } from '../edit-catalog.ts';
import { renamePublication } from './publications.ts';
import { renameColumn } from './rename-column.ts';
import { renameFunction } from './rename-function.ts';
import { renameConstraint, renameIndex } from './rename-index.ts';
import { moveRelation, renameRelation } from './rename-relation.ts';
import { renameSchema } from './rename-schema.ts';
import { renameType } from './rename-type.ts';
import { renameStatistics } from './statistics.ts';

/** From 15 on the copies of a row trigger on partitions follow a rename. */
const TRIGGER_COPIES_FOLLOW_SINCE = 15;

/** ALTER ... RENAME. */
export function rename(catalog: Catalog, action: Rename): Catalog {
  const { object, member, to } = action;
  switch (object) {
    case 'table':
    case 'view':
    case 'materialized-view':
    case 'sequence':
    case 'index':
      return renameRelationOrIndex(catalog, action.name, to);
    case 'type':
    case 'domain': {
      if (member !== null) return renameDomainConstraint(catalog, action.name, member, to);
      const type = findType(catalog, action.name);
      return type === null ? catalog : renameType(catalog, type.name, { ...type.name, name: to });
    }
    case 'function': {
      const found = findFunction(catalog, action.name);
      return found === null ? catalog : renameFunction(catalog, found.name, { ...found.name, name: to });
    }
    case 'schema':
      return renameSchema(catalog, action.name.name, to);
    case 'rule':
      return member === null ? catalog : renameRule(catalog, action.name, member, to);
    case 'statistics':
      return renameStatistics(catalog, action.name, to);
    case 'publication':
      return renamePublication(catalog, action.name.name, to);
    case 'other':
      // An attribute of a composite type is not kept.
      return catalog;
    default:
      return member === null ? catalog : renameMember(catalog, object, action.name, member, to);
  }
}

function renameRelationOrIndex(catalog: Catalog, reference: RelationReference, to: string): Catalog {
  const relation = findRelation(catalog, reference);
  if (relation !== null) {
    return renameRelation(catalog, relationKey(relation.name), { schema: relation.name.schema, name: to });
  }
  const place = findIndex(catalog, reference);
  return place === null ? catalog : renameIndex(catalog, place, to);
}

function renameMember(
  catalog: Catalog,
  object: 'column' | 'constraint' | 'trigger' | 'policy',
  reference: RelationReference,
  member: string,
  to: string,
): Catalog {
  const relation = findRelation(catalog, reference);
  if (relation === null) return catalog;
  const key = relationKey(relation.name);
  switch (object) {
    case 'column':
      return renameColumn(catalog, key, member, to);
    case 'constraint':
      return renameConstraint(catalog, key, member, to);
    case 'trigger':
      return renameTrigger(catalog, key, member, to);
    case 'policy':
      return updateTable(catalog, key, (table) => ({
        ...table,
        policies: table.policies.map((policy) => (policy === member ? to : policy)),
      }));
  }
}

function renameRule(catalog: Catalog, reference: RelationReference, from: string, to: string): Catalog {
  const relation = findRelation(catalog, reference);
  if (relation === null) return catalog;
  return updateTable(catalog, relationKey(relation.name), (table) => ({
    ...table,
    rules: (table.rules ?? []).map((rule) => (rule === from ? to : rule)).sort(),
  }));
}

function renameTrigger(catalog: Catalog, key: RelationKey, from: string, to: string): Catalog {
  const renamed = (table: Table): Table => ({
    ...table,
    triggers: table.triggers.map((trigger) => (trigger.name === from ? { ...trigger, name: to } : trigger)),
  });
  const only = catalog.serverMajor < TRIGGER_COPIES_FOLLOW_SINCE;
  return treeOf(catalog, key, only).reduce((changed, target) => updateTable(changed, target, renamed), catalog);
}

function renameDomainConstraint(catalog: Catalog, reference: RelationReference, from: string, to: string): Catalog {
  const type = findType(catalog, reference);
  if (type?.kind !== 'domain') return catalog;
  const constraints = type.constraints.map((one) => (one.name === from ? { ...one, name: to } : one));
  return putType(catalog, { ...type, constraints });
}

/** ALTER ... SET SCHEMA. */
export function setSchema(catalog: Catalog, action: SetSchema): Catalog {
  const moved = (name: QualifiedName): QualifiedName => ({ schema: action.schema, name: name.name });
  if (action.object === 'type' || action.object === 'domain') {
    const type = findType(catalog, action.name);
    return type === null ? catalog : renameType(catalog, type.name, moved(type.name));
  }
  if (action.object === 'function') {
    const found = findFunction(catalog, action.name);
    return found === null ? catalog : renameFunction(catalog, found.name, moved(found.name));
  }
  const relation = findRelation(catalog, action.name);
  return relation === null ? catalog : moveRelation(catalog, relationKey(relation.name), action.schema);
}
