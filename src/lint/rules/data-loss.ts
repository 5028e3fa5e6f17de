import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** Something is gone for good once the statement commits. */
export const dataLoss: Rule = {
  id: 'data-loss',
  severity: 'warning',
  remedy: 'Make sure that nothing reads it any more, keep a copy for as long as you may want it back, then drop it.',
  check(input) {
    const losses = input.facts.losses.filter(
      (one) => input.isUsed(one.split(' ').at(-1) ?? '') || input.isUsed(parentOf(one)),
    );
    if (losses.length === 0) return null;
    return {
      title: `Deletes ${list(losses)}.`,
      consequence: 'There is no way back from it but a backup.',
    };
  },
};

function parentOf(loss: string): string {
  const what = loss.split(' ').at(-1) ?? '';
  return what.slice(0, Math.max(0, what.lastIndexOf('.')));
}
