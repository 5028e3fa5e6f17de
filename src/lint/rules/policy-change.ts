import type { Action } from '../../model/action.ts';
import { tableOf } from '../../model/catalog-lookup.ts';
import { blockingLocks } from '../blocking-locks.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** A policy of a table with row security comes, changes or goes. */
export const policyChange: Rule = {
  id: 'policy-change',
  group: 'lock-queue',
  severity: 'info',
  summary: 'Which rows running code sees changes at once, and the table is closed for a moment.',
  remedy: 'Run it with a lock_timeout of 100 ms and retries, after the code that is to see other rows is deployed.',
  check(input) {
    const name = policyOf(input.action);
    const tables = blockingLocks(input).map((lock) => lock.relation);
    const isActive = tables.some((one) => (tableOf(input.catalog, one)?.rowSecurity ?? 'off') !== 'off');
    if (name === null || !isActive) return null;
    return {
      title: `Takes ACCESS EXCLUSIVE on ${list(tables)} to change the policy ${name}.`,
      consequence: `If it has to wait behind one long query, every read and write of ${list(tables)} waits behind it; from the commit on, running code sees and may write other rows.`,
      relations: tables,
    };
  },
};

function policyOf(action: Action): string | null {
  if (action.kind === 'create-policy' || action.kind === 'alter-policy') return action.name;
  return action.kind === 'drop' && action.object === 'policy' ? action.attachment : null;
}
