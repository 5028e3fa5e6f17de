import { blocksWrites } from '../../model/lock-mode.ts';
import { codeOf } from '../code-of.ts';
import { type Rule, usedLocks } from '../rule.ts';
import { changesSchema } from '../schema-change.ts';
import { list, whoWaits } from '../who-waits.ts';

/** Several statements in a block of code, one of which closes a table in use until the block ends. */
export const codeBlockChangesSchema: Rule = {
  id: 'code-block-changes-schema',
  group: 'lock-queue',
  severity: 'info',
  about: ['code-block'],
  summary: 'A block of code closes a table in use, and keeps it closed until the block is done.',
  remedy: 'Write the statements outside of the block, so that each lock ends with its statement.',
  check(input) {
    const statements = codeOf(input)?.statements ?? [];
    const locks = usedLocks(input).filter((lock) => blocksWrites(lock.mode));
    if (locks.length === 0 || statements.length < 2 || !statements.some(changesSchema)) return null;
    const relations = locks.map(({ relation }) => relation);
    return {
      title: `Closes ${list(relations)} inside a block of code.`,
      consequence: `A block is one statement: ${whoWaits(locks)} until its last line has run, and a lock_timeout takes back all of it.`,
      relations,
    };
  },
};
