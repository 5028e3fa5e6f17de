import { type Rule, STYLE } from '../rule.ts';

/** CREATE DOMAIN with a constraint. */
export const createDomainConstrained: Rule = {
  id: 'create-domain-constrained',
  group: STYLE,
  severity: 'info',
  about: ['create-domain'],
  summary: 'A domain with a constraint: a column of it cannot be added without writing the table anew.',
  remedy: 'Keep the domain without a constraint, and give each column a CHECK of its own, NOT VALID first.',
  check({ action }) {
    if (action.kind !== 'create-domain' || (action.constraints.length === 0 && !action.notNull)) return null;
    return {
      title: `Creates the domain ${action.name.name} with a constraint.`,
      consequence:
        'A column of it that is added later writes its table anew, and a later change of the constraint reads every table that uses it while their writers wait.',
      relations: [],
    };
  },
};
