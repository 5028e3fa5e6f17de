import type { Table } from '../model/catalog.ts';
import type { ConstraintDefinition } from '../model/definition.ts';
import type { RelationKey } from '../model/relation-name.ts';
import { alterCommandOf } from './alter-command-of.ts';
import type { RuleInput } from './rule.ts';

/** A constraint that ADD CONSTRAINT gives to a table. */
export interface AddedConstraint<K extends ConstraintDefinition['kind']> {
  readonly constraint: ConstraintDefinition & { readonly kind: K };
  readonly key: RelationKey;
  readonly table: Table | null;
}

/** The constraint of the only command of an ALTER TABLE, for rules that look at each command alone. */
export function addedConstraint<K extends ConstraintDefinition['kind']>(
  input: RuleInput,
  kind: K,
): AddedConstraint<K> | null {
  const found = alterCommandOf(input, 'add-constraint');
  if (found === null) return null;
  const { constraint } = found.command;
  return isOfKind(constraint, kind) ? { constraint, key: found.key, table: found.table } : null;
}

function isOfKind<K extends ConstraintDefinition['kind']>(
  constraint: ConstraintDefinition,
  kind: K,
): constraint is ConstraintDefinition & { readonly kind: K } {
  return constraint.kind === kind;
}
