import type { Relation, Table } from '../../model/catalog.ts';
import { relationKey } from '../../model/relation-name.ts';
import { isSameType } from './base-type.ts';
import { type FactsContext, isKnown, withDescendants } from './facts-context.ts';
import { addFailure } from './facts-draft.ts';

/** Notes why nothing can inherit from a relation. */
export function refuseParent(context: FactsContext, parent: Relation): void {
  const key = relationKey(parent.name);
  if (parent.kind !== 'table') return addFailure(context.draft, '42809', `${key} is not a table`);
  if (parent.partitionBy !== null) addFailure(context.draft, '42809', `${key} is partitioned`);
  if (parent.partitionOf !== null) addFailure(context.draft, '42809', `${key} is a partition`);
}

/** Notes why a table that is there cannot begin to inherit: it must look like its parent. */
export function refuseInherit(context: FactsContext, child: Table, parent: Relation): void {
  const { draft } = context;
  refuseParent(context, parent);
  if (parent.kind !== 'table' || !isKnown(parent) || !isKnown(child)) return;
  const [parentKey, childKey] = [relationKey(parent.name), relationKey(child.name)];
  if (child.inherits.includes(parentKey)) addFailure(draft, '42P07', `${childKey} inherits from ${parentKey} already`);
  const isBelow = withDescendants(context, child).some((one) => relationKey(one.name) === parentKey);
  if (isBelow) addFailure(draft, '42P07', `${parentKey} inherits from ${childKey} itself`);
  for (const column of parent.columns) {
    const own = child.columns.find((one) => one.name === column.name);
    if (own === undefined) addFailure(draft, '42804', `${childKey} has no column ${column.name}`);
    else if (!isSameType(own.type, column.type)) addFailure(draft, '42804', `${childKey}.${own.name} has another type`);
    else if (column.notNull && !own.notNull) addFailure(draft, '42804', `${childKey}.${own.name} must be NOT NULL`);
  }
  for (const constraint of parent.constraints) {
    if (constraint.kind !== 'check' || constraint.noInherit) continue;
    const isThere = child.constraints.some((one) => one.kind === 'check' && one.name === constraint.name);
    if (!isThere) addFailure(draft, '42804', `${childKey} lacks the CHECK ${constraint.name} of ${parentKey}`);
  }
}
