import type { Rung } from '../model/plan-choice.ts';
import type { Recipe, RecipeInput, RecipeName } from './recipe.ts';
import { addColumnApart } from './recipes/add-column-apart.ts';
import { addColumnBackfill } from './recipes/add-column-backfill.ts';
import { attachPartitionChecked } from './recipes/attach-partition-checked.ts';
import { checkNotValid } from './recipes/check-not-valid.ts';
import { createIndexConcurrently } from './recipes/create-index-concurrently.ts';
import { createIndexPartitioned } from './recipes/create-index-partitioned.ts';
import { detachPartitionAfterGate } from './recipes/detach-partition-after-gate.ts';
import { dropColumnAfterGate, dropTableAfterGate } from './recipes/drop-after-gate.ts';
import { dropIndexConcurrently } from './recipes/drop-index-concurrently.ts';
import { enumByNewType } from './recipes/enum-by-new-type.ts';
import { fillColumnsInStep } from './recipes/fill-columns-in-step.ts';
import { foreignKeyNotValid } from './recipes/foreign-key-not-valid.ts';
import { keyTypeByNewColumn } from './recipes/key-type-by-new-column.ts';
import { keyUsingIndex } from './recipes/key-using-index.ts';
import { notNullByCheck, notNullNotValid } from './recipes/not-null.ts';
import { refreshConcurrently } from './recipes/refresh-concurrently.ts';
import { reindexConcurrently } from './recipes/reindex-concurrently.ts';
import { renameColumnByCopy } from './recipes/rename-column-by-copy.ts';
import { renameTableByView } from './recipes/rename-table-by-view.ts';
import { serialToIdentity } from './recipes/serial-to-identity.ts';
import { swapByRename } from './recipes/swap-by-rename.ts';
import { typeByNewColumn } from './recipes/type-by-new-column.ts';
import { updateInBatches } from './recipes/update-in-batches.ts';
import type { SequenceRecipe } from './sequence-recipe.ts';

/** Every recipe, in the order in which they are asked; the first that answers wins. */
export const RECIPES: readonly Recipe[] = [
  createIndexPartitioned,
  createIndexConcurrently,
  dropIndexConcurrently,
  reindexConcurrently,
  keyUsingIndex,
  foreignKeyNotValid,
  checkNotValid,
  notNullByCheck,
  notNullNotValid,
  addColumnApart,
  addColumnBackfill,
  typeByNewColumn,
  keyTypeByNewColumn,
  renameColumnByCopy,
  renameTableByView,
  dropColumnAfterGate,
  dropTableAfterGate,
  refreshConcurrently,
  attachPartitionChecked,
  updateInBatches,
];

/** Recipes that look at what comes behind a statement; asked before the others. */
export const SEQUENCE_RECIPES: readonly SequenceRecipe[] = [
  fillColumnsInStep,
  detachPartitionAfterGate,
  enumByNewType,
  serialToIdentity,
  swapByRename,
];

/** The recipe that would be used for a statement, or null when it would stay as it is. */
export function recipeFor(input: RecipeInput): Recipe | null {
  return RECIPES.find((recipe) => recipe.plan(input) !== null) ?? null;
}

/** How far up the ladder of safe ways a recipe goes. */
export function rungOfRecipe(name: RecipeName): Rung {
  return [...RECIPES, ...SEQUENCE_RECIPES].find((recipe) => recipe.name === name)?.rung ?? 'catalog-only';
}
