import type { Action } from '../../model/action.ts';
import type { Catalog } from '../../model/catalog.ts';
import { findTable, findType } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import type { Rule, RuleInput } from '../rule.ts';

/** Since 17 a value of a type that the transaction made itself can be used at once. */
const OWN_TYPE_SINCE = 17;

/** A new value of an enum cannot be used in the transaction that adds it. */
export const enumValueUsedTooEarly: Rule = {
  id: 'enum-value-used-too-early',
  severity: 'error',
  summary: 'A value of an enum is used in the transaction that adds it, which fails with 55P04.',
  remedy: 'Add the value in a migration of its own that is committed before; use it in the next one.',
  check(input) {
    const added = addedValues(input).find(
      ({ type, label }) => input.literals().includes(label) && usesType(input, type),
    );
    if (added === undefined || input.action.kind === 'alter-enum') return null;
    return {
      title: `Uses '${added.label}' of ${added.type} in the transaction that adds it.`,
      consequence: 'The server refuses it with 55P04, and everything that the transaction did is taken back.',
      relations: input.facts.locks.map((lock) => lock.relation),
    };
  },
};

interface AddedValue {
  readonly type: string;
  readonly label: string;
}

function addedValues({ unit, catalog, version }: RuleInput): readonly AddedValue[] {
  return unit.enums.flatMap(({ action, facts }) => {
    if (action.kind !== 'alter-enum' || action.change.kind !== 'add-value' || facts.failure !== null) return [];
    const type = findType(catalog, action.name);
    if (type === null) return [];
    const isOwn = unit.enums.some(
      (one) => one.action.kind === 'create-enum' && findType(catalog, one.action.name) === type,
    );
    if (isOwn && version.major >= OWN_TYPE_SINCE) return [];
    return [{ type: relationKey(type.name), label: action.change.label }];
  });
}

/** Whether the statement is about a column of the type. */
function usesType({ action, catalog }: RuleInput, type: string): boolean {
  const isOfType = (one: DataType): boolean => {
    const found = findType(catalog, one);
    return found !== null && relationKey(found.name) === type;
  };
  return [...newTypes(action), ...tablesOf(action).flatMap((name) => typesOf(catalog, name))].some(isOfType);
}

function typesOf(catalog: Catalog, name: RelationReference): readonly DataType[] {
  return (findTable(catalog, name)?.columns ?? []).map((column) => column.type);
}

function newTypes(action: Action): readonly DataType[] {
  if (action.kind === 'create-table') return action.columns.map((column) => column.type);
  if (action.kind !== 'alter-table') return [];
  return action.commands.flatMap((one) => (one.kind === 'add-column' ? [one.column.type] : []));
}

function tablesOf(action: Action): readonly RelationReference[] {
  switch (action.kind) {
    case 'dml':
      return [...action.reads, ...action.writes];
    case 'create-view':
    case 'create-table-as':
      return action.reads;
    case 'create-index':
      return [action.table];
    case 'alter-table':
      return [action.name];
    default:
      return [];
  }
}
