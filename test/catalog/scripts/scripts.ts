import { COLUMN_SCRIPTS } from './columns.ts';
import { CONSTRAINT_SCRIPTS } from './constraints.ts';
import type { DdlScript } from './ddl-script.ts';
import { HANGING_SCRIPTS } from './hanging-objects.ts';
import { INDEX_SCRIPTS } from './indexes.ts';
import { OTHER_SCRIPTS } from './others.ts';
import { PARTITION_SCRIPTS } from './partitions.ts';
import { RECIPE_SCRIPTS } from './recipes.ts';
import { TABLE_SCRIPTS } from './tables.ts';

export const SCRIPTS: readonly DdlScript[] = [
  ...TABLE_SCRIPTS,
  ...COLUMN_SCRIPTS,
  ...CONSTRAINT_SCRIPTS,
  ...INDEX_SCRIPTS,
  ...PARTITION_SCRIPTS,
  ...OTHER_SCRIPTS,
  ...HANGING_SCRIPTS,
  ...RECIPE_SCRIPTS,
];
