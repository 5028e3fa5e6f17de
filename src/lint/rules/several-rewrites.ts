import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** The same table is written anew more than once by one file. */
export const severalRewrites: Rule = {
  id: 'several-rewrites',
  severity: 'warning',
  ownRemedy: true,
  summary: 'The same table is written anew by several statements of one file.',
  remedy: 'Put the changes into one ALTER TABLE: it writes the table once for all of them.',
  check({ facts, history, isUsed }) {
    const rewritten = facts.rewrites.filter((one) => isUsed(one));
    if (rewritten.length === 0 || facts.failure !== null) return null;
    if (rewritten.length === 0) return null;
    const earlier = history.file.find((one) => one.facts.rewrites.some((relation) => rewritten.includes(relation)));
    if (earlier === undefined) return null;
    const again = rewritten.filter((one) => earlier.facts.rewrites.includes(one));
    return {
      title: `Writes ${list(again)} anew once more, after line ${earlier.line}.`,
      consequence: 'Every rewrite copies all rows and builds all indexes; two statements take twice as long as one.',
      relations: again,
    };
  },
};
