import { type Rule, STYLE } from '../rule.ts';

/** INHERITS and CREATE RULE. */
export const inheritanceOrRule: Rule = {
  id: 'inheritance-or-rule',
  group: STYLE,
  severity: 'info',
  about: ['create-rule', 'create-table'],
  summary: 'Table inheritance or a rule, where a partition or a trigger would do.',
  remedy: 'Use declarative partitions instead of INHERITS, and a trigger instead of a rule.',
  check({ action }) {
    const isRule = action.kind === 'create-rule';
    const inherits = action.kind === 'create-table' && action.inherits.length > 0;
    if (!isRule && !inherits) return null;
    return {
      title: isRule ? `Creates the rule ${action.name}.` : 'Creates a table that inherits from another one.',
      consequence: isRule
        ? 'A rule rewrites statements before they run: volatile functions run twice, and COPY goes past it.'
        : 'Keys and foreign keys of the parent do not cover the rows of the child.',
      relations: [],
    };
  },
};
