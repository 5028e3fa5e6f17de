import type { Rule } from '../rule.ts';
import { usedLosses } from '../used-losses.ts';
import { list } from '../who-waits.ts';

/** DROP SCHEMA ... CASCADE of a schema that holds something in use. */
export const dropSchema: Rule = {
  id: 'drop-schema',
  group: 'data-loss',
  severity: 'warning',
  about: ['drop'],
  summary: 'A schema is dropped with every table that it holds.',
  remedy: 'Drop what it holds by name, when nothing uses it any more; then drop the empty schema without CASCADE.',
  check(input) {
    const { action } = input;
    if (action.kind !== 'drop' || action.object !== 'schema') return null;
    const losses = usedLosses(input);
    if (losses.length === 0) return null;
    return {
      title: `Drops the schema ${list(action.names.map(({ name }) => name))} with ${list(losses.map((one) => one.what))}.`,
      consequence:
        'Whatever was put into the schema since somebody last looked goes along, and all of it is locked against everybody at once. Only a backup brings it back.',
      relations: losses.map((one) => one.relation),
    };
  },
};
