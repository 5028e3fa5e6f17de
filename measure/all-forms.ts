import type { Form } from './form.ts';
import { ADD_COLUMN_FORMS } from './forms/add-column.ts';
import { COLUMN_CHANGE_FORMS } from './forms/column-change.ts';
import { COLUMN_TYPE_FORMS } from './forms/column-type.ts';
import { CONSTRAINT_FORMS } from './forms/constraint.ts';
import { INDEX_FORMS } from './forms/indexes.ts';
import { MAINTENANCE_AND_DML_FORMS } from './forms/maintenance-and-dml.ts';
import { PARTITION_FORMS } from './forms/partition.ts';
import { TABLE_FORMS } from './forms/table.ts';
import { TRIGGER_AND_FUNCTION_FORMS } from './forms/trigger-and-function.ts';
import { TYPE_AND_SEQUENCE_FORMS } from './forms/type-and-sequence.ts';
import { VIEW_FORMS } from './forms/view.ts';

/** Every form that is measured, over the whole range of DDL. */
export const ALL_FORMS: readonly Form[] = [
  ...ADD_COLUMN_FORMS,
  ...COLUMN_CHANGE_FORMS,
  ...COLUMN_TYPE_FORMS,
  ...CONSTRAINT_FORMS,
  ...INDEX_FORMS,
  ...PARTITION_FORMS,
  ...TABLE_FORMS,
  ...VIEW_FORMS,
  ...TRIGGER_AND_FUNCTION_FORMS,
  ...TYPE_AND_SEQUENCE_FORMS,
  ...MAINTENANCE_AND_DML_FORMS,
];
