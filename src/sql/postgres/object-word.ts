import type { ObjectType } from 'libpg-query';

/** Where our word for a kind of object is not the grammar's. */
const WORDS: Readonly<Partial<Record<ObjectType, string>>> = {
  OBJECT_MATVIEW: 'materialized-view',
  OBJECT_FOREIGN_TABLE: 'foreign-table',
  OBJECT_STATISTIC_EXT: 'statistics',
  OBJECT_TABCONSTRAINT: 'constraint',
  OBJECT_PROCEDURE: 'function',
  OBJECT_ROUTINE: 'function',
};

/** The grammar's kind of object in plain words: `OBJECT_EVENT_TRIGGER` is `event-trigger`. */
export function objectWord(type: ObjectType | undefined): string {
  if (type === undefined) return 'other';
  return (
    WORDS[type] ??
    type
      .replace(/^OBJECT_/, '')
      .toLowerCase()
      .replaceAll('_', '-')
  );
}
