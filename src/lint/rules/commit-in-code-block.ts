import { codeOf } from '../code-of.ts';
import type { Rule } from '../rule.ts';
import { whereOpened } from '../where-opened.ts';

/** A block that commits by itself, inside a transaction that somebody else has opened. */
export const commitInCodeBlock: Rule = {
  id: 'commit-in-code-block',
  severity: 'error',
  about: ['code-block'],
  summary: 'COMMIT in a block of code that runs inside a transaction: the server refuses it.',
  remedy: 'Run the block outside of a transaction: switch the transaction of the tool off for this file.',
  check(input) {
    const { unit } = input;
    if (unit.openedBy === null || codeOf(input)?.endsTransaction !== true) return null;
    const where = whereOpened(unit);
    return {
      title: `The block ends a transaction by itself, and ${where}.`,
      consequence: 'The server refuses that with 2D000 (invalid transaction termination), and the migration stops.',
      relations: [],
    };
  },
};
