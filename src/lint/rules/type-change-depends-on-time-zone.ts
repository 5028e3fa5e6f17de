import { baseTypeOf } from '../base-type.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { typeChangeOf } from '../type-change.ts';

const PAIRS = new Set(['timestamp>timestamptz', 'timestamptz>timestamp']);

/** ALTER COLUMN TYPE between timestamp and timestamptz: the session's TimeZone decides what it means and costs. */
export const typeChangeDependsOnTimeZone: Rule = {
  id: 'type-change-depends-on-time-zone',
  group: 'unknown-effect',
  severity: 'warning',
  about: ['alter-table'],
  commands: ['set-type'],
  perCommand: true,
  summary: 'Values of timestamp and timestamptz are converted by the TimeZone of whoever runs the migration.',
  remedy: "SET TimeZone = 'UTC' before it when the values are meant as UTC; else fill a new column in small batches.",
  check(input) {
    const change = typeChangeOf(input);
    const { facts, catalog } = input;
    if (change === null || change.command.using !== null) return null;
    const [from, to] = [baseTypeOf(catalog, change.column.type), baseTypeOf(catalog, change.command.type)];
    const isFree = facts.certainty === 'known' && facts.rewrites.length === 0;
    if (!PAIRS.has(`${from.name}>${to.name}`) || from.arrayDimensions > 0 || isFree) return null;
    return {
      title: `Converts ${change.column.name} of ${nameWithSize(input, change.key)} by the TimeZone of the session.`,
      consequence: `Under UTC it takes a moment; under any other TimeZone every row gets another value and the table is rewritten while it is locked.`,
      relations: facts.locks.map(({ relation }) => relation),
      remedy:
        "SET TimeZone = 'UTC' before it when the values are meant as UTC; else fill a new column in small batches.",
    };
  },
};
