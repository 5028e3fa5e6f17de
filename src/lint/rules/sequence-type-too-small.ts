import { ownedSequences } from '../../model/catalog-lookup.ts';
import { baseTypeOf } from '../base-type.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { typeChangeOf } from '../type-change.ts';
import { list } from '../who-waits.ts';

/** A serial column becomes bigint, and its sequence still ends where integers end. */
export const sequenceTypeTooSmall: Rule = {
  id: 'sequence-type-too-small',
  severity: 'warning',
  about: ['alter-table'],
  commands: ['set-type'],
  perCommand: true,
  summary: 'A column becomes bigint, and the sequence that numbers it still ends at 2,147,483,647.',
  remedy: 'ALTER SEQUENCE ... AS bigint in a step of its own; it takes a moment.',
  check(input) {
    const change = typeChangeOf(input);
    if (change === null || change.column.identity !== null || input.facts.failure !== null) return null;
    if (baseTypeOf(input.catalog, change.command.type).name !== 'int8') return null;
    const sequences = ownedSequences(input.catalog, change.key, change.column.name).filter((one) =>
      isSmall(input, one),
    );
    if (sequences.length === 0) return null;
    return {
      title: `Makes ${change.what} a bigint, and leaves ${list(sequences)} as small as it was.`,
      consequence:
        'At 2,147,483,647 nextval() fails with 2200H, and no row can be inserted, although the column has room.',
      relations: [change.key],
      remedy: 'ALTER SEQUENCE ... AS bigint in a step of its own; it takes a moment.',
    };
  },
};

function isSmall(input: RuleInput, key: string): boolean {
  const sequence = input.catalog.relations[key];
  if (sequence?.kind !== 'sequence' || sequence.type === 'int8' || sequence.type === 'bigint') return false;
  for (const action of input.later('alter-sequence')) {
    if (action.kind === 'alter-sequence' && action.name.name === sequence.name.name && action.type !== null)
      return false;
  }
  return true;
}
