import { isOfType, newColumnsWhere } from '../new-columns.ts';
import { type Rule, STYLE } from '../rule.ts';
import { list } from '../who-waits.ts';

/** timestamp without time zone in a new column. */
export const preferTimestamptz: Rule = {
  id: 'prefer-timestamptz',
  group: STYLE,
  severity: 'info',
  about: ['create-table', 'alter-table'],
  commands: ['add-column'],
  summary: 'A timestamp without time zone means a moment only to whoever wrote it.',
  remedy: 'Use timestamptz, which is a moment, whatever TimeZone a session has.',
  check(input) {
    const found = newColumnsWhere(input, (column) => isOfType(column, 'timestamp'));
    if (found === null) return null;
    return {
      title: `Stores ${list(found.names)} of ${found.key} without a time zone.`,
      consequence:
        'Sessions with different TimeZones read and write different moments, and a change of the type later depends on it.',
      relations: [found.key],
      remedy: 'Use timestamptz, which is a moment, whatever TimeZone a session has.',
    };
  },
};
