import type { Table } from '../../model/catalog.ts';
import { relationKey } from '../../model/relation-name.ts';
import { isSameType } from './base-type.ts';
import { type FactsContext, isKnown } from './facts-context.ts';
import { addFailure } from './facts-draft.ts';

/** Notes why a table cannot become a partition: it is one already, or it does not look like its parent. */
export function refuseShape(context: FactsContext, parent: Table, child: Table): void {
  const { draft } = context;
  const [parentKey, childKey] = [relationKey(parent.name), relationKey(child.name)];
  if (!isKnown(parent) || !isKnown(child)) return;
  if (parent.partitionBy === null) addFailure(draft, '42809', `${parentKey} is not partitioned`);
  if (child.partitionOf !== null) addFailure(draft, '42809', `${childKey} is a partition already`);
  if (child.inherits.length > 0) addFailure(draft, '42809', `${childKey} inherits from another table`);
  const extra = child.columns.find((one) => !parent.columns.some((other) => other.name === one.name));
  if (extra !== undefined) addFailure(draft, '42804', `${childKey} has a column ${extra.name}, ${parentKey} has none`);
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
