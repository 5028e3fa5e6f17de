import { relationPart } from '../relation-part.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

const SHAPE_CHANGES = new Set(['relation-gone', 'column-gone', 'renamed', 'required-column']);

/** Code that runs right now, and was written for the schema before, starts to fail. */
export const oldCodeBreaks: Rule = {
  id: 'old-code-breaks',
  severity: 'warning',
  summary: 'Code that runs right now, written for the schema before, starts to fail.',
  remedy: 'Expand first, deploy code that no longer needs the old shape, and contract in a later step.',
  check(input) {
    const breaks = input.facts.breaks.filter(
      (one) => SHAPE_CHANGES.has(one.kind) && input.isUsed(relationPart(one.what)),
    );
    if (breaks.length === 0) return null;
    return {
      title: `Takes away what running code still uses: ${list(breaks.map((one) => one.what))}.`,
      consequence: breaks.map((one) => one.sentence).join(' '),
      relations: breaks.map((one) => relationPart(one.what)),
    };
  },
};
