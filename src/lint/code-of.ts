import type { CodeStatements } from '../model/action.ts';
import { findFunction } from '../model/catalog-lookup.ts';
import type { RuleInput } from './rule.ts';

/** The code that a DO block or a CALL runs, as far as it is known; null for every other statement. */
export function codeOf({ action, catalog }: RuleInput): CodeStatements | null {
  if (action.kind !== 'code-block') return null;
  if (action.calls === undefined) return action.code ?? null;
  return findFunction(catalog, action.calls)?.code ?? null;
}
