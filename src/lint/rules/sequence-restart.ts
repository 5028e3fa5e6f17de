import { resolveName } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import type { Rule } from '../rule.ts';

/** ALTER SEQUENCE ... RESTART of a sequence in use. */
export const sequenceRestart: Rule = {
  id: 'sequence-restart',
  severity: 'warning',
  about: ['alter-sequence'],
  summary: 'A sequence in use starts again: numbers that are taken already come a second time.',
  remedy: 'Restart it above the highest number in use, read in the same transaction; else leave it alone.',
  check(input) {
    const { action, facts } = input;
    if (action.kind !== 'alter-sequence' || !action.options.includes('restart') || facts.failure !== null) return null;
    const key = relationKey(resolveName(input.catalog, action.name));
    if (!input.isUsed(key)) return null;
    return {
      title: `Starts the sequence ${key} again.`,
      consequence:
        'Where a row has the number already, INSERT fails with 23505, once for each; where nothing is unique, numbers are given out twice.',
      relations: [key],
    };
  },
};
