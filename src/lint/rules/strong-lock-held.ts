import { heldBeyondOwn, type StrongHold, withLocks } from '../held-locks.ts';
import { isBounded, isSmallChange, rowChange } from '../row-changes.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { list, whoWaits } from '../who-waits.ts';

/** Long work in a transaction that still holds the strong lock of an earlier statement. */
export const strongLockHeld: Rule = {
  id: 'strong-lock-held',
  severity: 'error',
  growsWithTable: true,
  summary: 'Long work while an earlier statement of the same transaction still keeps others out of a table.',
  remedy: 'Commit the statement that takes the strong lock by itself, and do the long work in a transaction after it.',
  check(input) {
    const { facts } = input;
    if (facts.failure !== null || facts.transaction === 'outside-only') return null;
    const held = heldBeyondOwn(input);
    const work = held.length === 0 ? null : longWork(input);
    if (work === null) return null;
    return {
      ...(input.action.kind === 'dml' && isBounded(input, input.action) ? { severity: 'warning' } : {}),
      title: `${work} while ${list(held.map(holdText))} is still held.`,
      consequence: `A lock stays until the transaction ends: ${whoWaits(held)} until this is done as well.`,
      relations: held.map(({ relation }) => relation),
      remedy: `Commit after line ${held[0]?.by.line ?? 1}, and do this in a transaction of its own.`,
      weighed: withLocks(facts, held),
    };
  },
};

/** What takes long, in words; null when nothing does. */
function longWork(input: RuleInput): string | null {
  const { facts, isUsed } = input;
  const rewritten = facts.rewrites.filter((one) => isUsed(one));
  if (rewritten.length > 0) return `Writes ${list(rewritten)} anew`;
  if (facts.indexBuilds.length > 0 && facts.scans.some((one) => isUsed(one)))
    return `Builds ${list(facts.indexBuilds)}`;
  const change = rowChange(input);
  if (change !== null && isSmallChange(input, change.action)) return null;
  if (change !== null) {
    const amount = isBounded(input, change.action) ? 'Changes rows' : 'Changes many rows';
    return `${amount} of ${list(change.written)}`;
  }
  const scanned = facts.scans.filter((one) => isUsed(one));
  return scanned.length === 0 || facts.certainty === 'unknown' ? null : `Reads every row of ${list(scanned)}`;
}

function holdText({ mode, relation, by }: StrongHold): string {
  return `${mode} on ${relation} (line ${by.line})`;
}
