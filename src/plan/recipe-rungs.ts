import type { Rung } from '../model/plan-choice.ts';
import type { RecipeName } from './recipe.ts';

/** How far up the ladder of safe ways a recipe's own steps go; what it has others plan counts with those. */
export const RECIPE_RUNGS: Readonly<Record<RecipeName, Rung>> = {
  'create-index-concurrently': 'concurrently',
  'create-index-partitioned': 'concurrently',
  'drop-index-concurrently': 'concurrently',
  'reindex-concurrently': 'concurrently',
  'key-using-index': 'concurrently',
  'foreign-key-not-valid': 'not-valid-validate',
  'check-not-valid': 'not-valid-validate',
  'not-null-by-check': 'not-valid-validate',
  'not-null-not-valid': 'not-valid-validate',
  'add-column-apart': 'catalog-only',
  'add-column-backfill': 'new-column-backfill',
  'type-by-new-column': 'new-column-backfill',
  'key-type-by-new-column': 'new-column-backfill',
  'rename-column-by-copy': 'new-column-backfill',
  'rename-table-by-view': 'catalog-only',
  'drop-column-after-gate': 'catalog-only',
  'drop-table-after-gate': 'catalog-only',
  'refresh-concurrently': 'concurrently',
  'attach-partition-checked': 'catalog-only',
  'fill-columns-in-step': 'new-column-backfill',
  'update-in-batches': 'new-column-backfill',
  'detach-partition-after-gate': 'catalog-only',
  'enum-by-new-type': 'new-column-backfill',
  'serial-to-identity': 'catalog-only',
  'swap-by-rename': 'catalog-only',
};
