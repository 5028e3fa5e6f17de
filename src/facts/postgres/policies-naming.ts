import type { PolicyRead } from '../../model/catalog.ts';
import type { RelationKey } from '../../model/relation-name.ts';
import type { FactsContext } from './facts-context.ts';

/** The policies, of any table, whose conditions name a relation, or one of its columns when given. */
export function policiesNaming(
  context: FactsContext,
  relation: RelationKey,
  column: string | null = null,
): readonly PolicyRead[] {
  return (context.catalog.policyReads ?? []).filter(
    (one) => one.relation === relation && (column === null || one.columns.includes(column)),
  );
}
