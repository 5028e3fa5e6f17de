import { resolveName } from '../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import type { RuleInput } from './rule.ts';

const OBJECTS = new Set(['table', 'view', 'materialized-view']);

/** The table or view in use whose name a statement takes away; null when it does nothing of the kind. */
export function renamedInUse(input: RuleInput, by: 'rename' | 'set-schema'): RelationKey | null {
  const { action, facts } = input;
  if (action.kind !== by || !OBJECTS.has(action.object)) return null;
  if (action.kind === 'rename' && action.member !== null) return null;
  const key = relationKey(resolveName(input.catalog, action.name));
  return input.isUsed(key) && facts.breaks.some((one) => one.what === key) ? key : null;
}
