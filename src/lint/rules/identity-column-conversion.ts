import { alterCommandOf } from '../alter-command-of.ts';
import { nameWithSize, type Rule, type RuleInput } from '../rule.ts';

/** ADD GENERATED AS IDENTITY to a column that holds numbers already: its sequence begins at 1. */
export const identityColumnConversion: Rule = {
  id: 'identity-column-conversion',
  severity: 'warning',
  about: ['alter-table'],
  commands: ['add-identity'],
  perCommand: true,
  summary: 'A column with rows becomes an identity, whose sequence starts at 1 again.',
  remedy: 'Give START WITH a number above the highest one, or setval() the sequence in the same transaction.',
  check(input) {
    const found = alterCommandOf(input, 'add-identity');
    if (found === null || found.command.startsAt === true || input.facts.failure !== null) return null;
    if (setsSequence(input)) return null;
    const { key } = found;
    return {
      title: `Numbers new rows of ${nameWithSize(input, key)} from 1, whatever ${found.command.column} holds already.`,
      consequence:
        'INSERTs that leave the column out take numbers that are taken: they fail with 23505 where it is unique, and double the number where it is not.',
      relations: [key],
    };
  },
};

/** A later statement moves a sequence on. */
function setsSequence(input: RuleInput): boolean {
  for (const action of input.later('dml', 'alter-sequence', 'alter-table')) {
    if (action.kind === 'dml' && action.query?.functions.includes('setval') === true) return true;
    if (action.kind === 'alter-sequence' && action.options.includes('restart')) return true;
    if (action.kind === 'alter-table' && action.commands.some(({ kind }) => kind === 'set-identity')) return true;
  }
  return false;
}
