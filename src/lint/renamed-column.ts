import type { Action } from '../model/action.ts';
import type { Catalog, Column } from '../model/catalog.ts';
import { findTable, resolveName } from '../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import type { RuleInput } from './rule.ts';

/** How many statements back an earlier rename is looked for. */
const FARTHEST = 500;

/** RENAME COLUMN of a relation in use. */
export interface RenamedColumn {
  readonly key: RelationKey;
  readonly from: string;
  readonly to: string;
  /** null when the relation is no table, or the column is not known. */
  readonly column: Column | null;
  /** The name belonged to another column until an earlier statement of the file took it away. */
  readonly takesNameOf: string | null;
}

/** null for every other statement. */
export function renamedColumn(input: RuleInput): RenamedColumn | null {
  const { action, catalog } = input;
  const { history } = input;
  const renamed = renameOf(action, catalog);
  if (renamed === null || !input.isUsed(renamed.key)) return null;
  const { key, from, to } = renamed;
  const before = history.file
    .slice(-FARTHEST)
    .flatMap((one) => renameOf(one.action, catalog) ?? [])
    .filter((one) => one.key === key);
  const column = findTable(catalog, renamed.reference)?.columns.find(({ name }) => name === from) ?? null;
  return {
    key,
    from,
    to,
    column,
    takesNameOf: before.find((one) => one.from === to)?.to ?? null,
  };
}

function renameOf(action: Action, catalog: Catalog): (Pick<RenamedColumn, 'key' | 'from' | 'to'> & Named) | null {
  if (action.kind !== 'rename' || action.object !== 'column' || action.member === null) return null;
  const key = relationKey(resolveName(catalog, action.name));
  return { key, from: action.member, to: action.to, reference: action.name };
}

interface Named {
  readonly reference: Extract<Action, { kind: 'rename' }>['name'];
}
