import { alterCommandOf } from '../alter-command-of.ts';
import type { Rule } from '../rule.ts';

/** DETACH PARTITION ... CONCURRENTLY is refused where there is a default partition. */
export const detachConcurrentlyWithDefault: Rule = {
  id: 'detach-concurrently-with-default',
  group: 'certain-failure',
  severity: 'error',
  about: ['alter-table'],
  commands: ['detach-partition'],
  perCommand: true,
  summary: 'DETACH ... CONCURRENTLY is refused when the table has a default partition.',
  remedy:
    'Detach it without CONCURRENTLY, with a lock_timeout of 100 ms and retries, when no long transaction is open.',
  check(input) {
    const found = alterCommandOf(input, 'detach-partition');
    if (found === null || !found.command.concurrently || input.facts.failure?.sqlstate !== '55000') return null;
    return {
      title: `Fails with 55000: ${found.key} has a default partition, so nothing is detached from it concurrently.`,
      consequence: 'The migration stops here, and nothing is detached.',
      relations: input.facts.locks.map((lock) => lock.relation),
    };
  },
};
