import type { Rung } from '../model/plan-choice.ts';

const TEXTS: Readonly<Record<Rung, string>> = {
  'catalog-only': 'catalog only',
  'not-valid-validate': 'NOT VALID, then VALIDATE',
  concurrently: 'CONCURRENTLY',
  'new-column-backfill': 'new column and backfill',
  'shadow-table': 'shadow table',
};

/** A rung of the ladder of safe ways, as people say it. */
export function rungText(rung: Rung): string {
  return TEXTS[rung];
}
