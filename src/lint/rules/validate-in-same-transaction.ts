import { heldBeyondOwn, withLocks } from '../held-locks.ts';
import type { Rule } from '../rule.ts';
import { validatedConstraints } from '../validated-constraints.ts';
import { list, whoWaits } from '../who-waits.ts';

/** NOT VALID and VALIDATE in one transaction: the rows are read under the lock that NOT VALID was to keep short. */
export const validateInSameTransaction: Rule = {
  id: 'validate-in-same-transaction',
  group: 'strong-lock-held',
  severity: 'error',
  about: ['alter-table'],
  commands: ['validate-constraint'],
  ownRemedy: true,
  growsWithTable: true,
  summary: 'VALIDATE reads the rows while the lock that added the constraint is still held.',
  remedy: 'COMMIT between NOT VALID and VALIDATE, or put them into two migrations.',
  check(input) {
    const { facts, isUsed } = input;
    const names = validatedConstraints(input);
    const held = heldBeyondOwn(input);
    const scanned = facts.scans.filter((one) => isUsed(one));
    if (names.length === 0 || held.length === 0 || scanned.length === 0 || facts.failure !== null) return null;
    return {
      title: `Validates ${list(names)} in the transaction that still holds ${list(held.map((one) => `${one.mode} on ${one.relation}`))}.`,
      consequence: `A lock stays until the transaction ends: ${whoWaits(held)} until the last row is read, as if NOT VALID had not been written.`,
      relations: held.map((one) => one.relation),
      weighed: withLocks(facts, held),
    };
  },
};
