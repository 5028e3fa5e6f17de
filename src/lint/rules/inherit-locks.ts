import { resolveName } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { alterCommandOf } from '../alter-command-of.ts';
import { blockingLocks } from '../blocking-locks.ts';
import type { Rule } from '../rule.ts';

/** INHERIT closes the child for a moment, and its rows appear in the parent at once. */
export const inheritLocks: Rule = {
  id: 'inherit-locks',
  group: 'lock-queue',
  severity: 'info',
  about: ['alter-table'],
  commands: ['inherit', 'no-inherit'],
  perCommand: true,
  summary: 'A table in use starts or stops to inherit: it is closed for a moment, its rows come or go.',
  remedy: 'Run it with a lock_timeout of 100 ms and retries, when no long transaction holds either table.',
  check(input) {
    const found = alterCommandOf(input, 'inherit') ?? alterCommandOf(input, 'no-inherit');
    if (found === null) return null;
    const parent = relationKey(resolveName(input.catalog, found.command.parent));
    const starts = found.command.kind === 'inherit';
    return {
      title: `Lets ${found.key} ${starts ? 'start' : 'stop'} to inherit from ${parent}.`,
      consequence: `${found.key} is closed for a moment; queries of ${parent} ${starts ? 'find its rows' : 'do not find its rows any more'} from the commit on.`,
      relations: blockingLocks(input).map((lock) => lock.relation),
    };
  },
};
