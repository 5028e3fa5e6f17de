import { blocksReads } from '../../model/lock-mode.ts';
import { nameWithSize, type Rule, usedLocks } from '../rule.ts';
import { tablesReferencing, typeChangeOf } from '../type-change.ts';
import { list } from '../who-waits.ts';
import { scannedUnderLock } from '../work-under-lock.ts';

/** ALTER COLUMN TYPE of a column that foreign keys point at. */
export const typeChangeOfKey: Rule = {
  id: 'type-change-of-key',
  group: 'several-strong-locks',
  alsoSays: ['scan-under-lock'],
  severity: 'error',
  about: ['alter-table'],
  commands: ['set-type'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A column that foreign keys point at changes its type: every table with such a key is locked.',
  remedy:
    'Give both sides new columns of the new type, fill them in small batches, then move key and foreign keys over.',
  check(input) {
    const change = typeChangeOf(input);
    const peers = change === null ? [] : tablesReferencing(input, change).filter((one) => input.isUsed(one));
    const closed = usedLocks(input).filter(({ mode }) => blocksReads(mode));
    if (change === null || peers.length === 0 || closed.length < 2) return null;
    const scans = scannedUnderLock(input)?.relations ?? [];
    const tables = list(peers.map((one) => nameWithSize(input, one)));
    return {
      title: `Closes ${tables}, too, as ${peers.length === 1 ? 'its foreign key points' : 'their foreign keys point'} at ${change.what}.`,
      consequence:
        scans.length > 0
          ? `Every read and write of all these tables waits until the foreign keys are checked for every row.`
          : 'It takes a moment, but while it waits for one of the tables the others are closed already.',
      relations: [...new Set([...closed.map(({ relation }) => relation), ...scans])],
      ...(scans.length > 0 ? {} : { severity: 'warning' as const }),
    };
  },
};
