import type { Action } from '../model/action.ts';
import type { RuleInput } from './rule.ts';

const ENDS = new Set(['commit', 'rollback', 'prepare']);

/** What the same transaction still does after the statement: nobody sees what lies between the two. */
export function* laterInTransaction(input: RuleInput): Generator<Action> {
  if (input.unit.openedBy === null) return;
  for (const action of input.later()) {
    if (action.kind === 'transaction' && ENDS.has(action.verb)) return;
    yield action;
  }
}
