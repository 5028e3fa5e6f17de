import { blocksReads } from '../../model/lock-mode.ts';
import { nameWithSize, type Rule, usedLocks } from '../rule.ts';
import { tablesReferenced, typeChangeOf } from '../type-change.ts';
import { list } from '../who-waits.ts';
import { scannedUnderLock } from '../work-under-lock.ts';

/** ALTER COLUMN TYPE of a column with a foreign key. */
export const typeChangeOfForeignKey: Rule = {
  id: 'type-change-of-foreign-key',
  group: 'several-strong-locks',
  alsoSays: ['scan-under-lock'],
  severity: 'error',
  about: ['alter-table'],
  commands: ['set-type'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A column with a foreign key changes its type: the table it points at is closed, too.',
  remedy:
    'Add a column of the new type, give it the foreign key as NOT VALID and VALIDATE it, copy in small batches, then swap.',
  check(input) {
    const change = typeChangeOf(input);
    const peers = change === null ? [] : tablesReferenced(change).filter((one) => input.isUsed(one));
    const closed = usedLocks(input).filter(({ mode }) => blocksReads(mode));
    if (change === null || peers.length === 0 || closed.length < 2) return null;
    const scans = scannedUnderLock(input)?.relations ?? [];
    const tables = list(peers.map((one) => nameWithSize(input, one)));
    return {
      title: `Closes ${tables}, too, as ${change.what} has a foreign key to ${peers.length === 1 ? 'it' : 'them'}.`,
      consequence:
        scans.length > 0
          ? 'Every read and write of all these tables waits until the foreign key is checked for every row.'
          : 'It takes a moment, but while it waits for one of the tables the others are closed already.',
      relations: [...new Set([...closed.map(({ relation }) => relation), ...scans])],
      ...(scans.length > 0 ? {} : { severity: 'warning' as const }),
    };
  },
};
