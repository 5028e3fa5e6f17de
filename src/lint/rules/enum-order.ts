import { type Rule, STYLE } from '../rule.ts';

/** ADD VALUE that leaves the place to the server. */
export const enumOrder: Rule = {
  id: 'enum-order',
  group: STYLE,
  severity: 'info',
  about: ['alter-enum'],
  summary: 'A new value of an enum is added without saying where it stands in the order.',
  remedy: 'Say BEFORE or AFTER which value it comes.',
  check({ action }) {
    if (action.kind !== 'alter-enum' || action.change.kind !== 'add-value' || action.change.neighbor !== null)
      return null;
    return {
      title: `Adds '${action.change.label}' to ${action.name.name} without BEFORE or AFTER.`,
      consequence:
        'It becomes the greatest value; ORDER BY and comparisons go by that order, which cannot be changed later.',
      relations: [],
    };
  },
};
