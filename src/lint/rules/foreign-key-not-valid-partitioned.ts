import { addedConstraint } from '../added-constraint.ts';
import type { Rule } from '../rule.ts';

/** NOT VALID on a partitioned table, which PostgreSQL knows since 18. */
export const foreignKeyNotValidPartitioned: Rule = {
  id: 'foreign-key-not-valid-partitioned',
  group: 'certain-failure',
  severity: 'error',
  about: ['alter-table'],
  commands: ['add-constraint'],
  summary: 'Before PostgreSQL 18 a partitioned table cannot have a NOT VALID foreign key.',
  remedy: 'Add and validate an equal foreign key on each partition, then add it to the parent, which takes them over.',
  check(input) {
    const added = addedConstraint(input, 'foreign-key');
    const { facts, version } = input;
    if (added?.table?.partitionBy == null || added.constraint.valid || version.major >= 18) return null;
    if (facts.failure?.sqlstate !== '42809') return null;
    return {
      title: `Adds a NOT VALID foreign key to ${added.key}, which is partitioned.`,
      consequence: `PostgreSQL ${version.major} refuses it with 42809, and the migration stops here.`,
      relations: [...new Set([added.key, ...facts.locks.map((lock) => lock.relation)])],
    };
  },
};
