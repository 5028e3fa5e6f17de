import { alterCommandOf } from '../alter-command-of.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { list } from '../who-waits.ts';
import { rewrittenUnderLock } from '../work-under-lock.ts';

/** SET LOGGED and SET UNLOGGED write the table anew under ACCESS EXCLUSIVE. */
export const setLogged: Rule = {
  id: 'set-logged',
  group: 'rewrite-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['set-logged', 'set-unlogged'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A table in use is written anew to become logged or unlogged.',
  remedy: 'Make a new table of the wanted kind, fill it in small batches while the old one stays in use, then switch.',
  check(input) {
    const work = rewrittenUnderLock(input);
    const isUnlogged = alterCommandOf(input, 'set-unlogged') !== null;
    if (work === null || (!isUnlogged && alterCommandOf(input, 'set-logged') === null)) return null;
    const tables = list(work.relations.map((one) => nameWithSize(input, one)));
    const after = isUnlogged ? ' From then on a crash empties it, and standbys do not have it.' : '';
    return {
      title: `Writes every row of ${tables} anew to make it ${isUnlogged ? 'unlogged' : 'logged'}.`,
      consequence: `${work.consequence}${after}`,
      relations: work.relations,
    };
  },
};
