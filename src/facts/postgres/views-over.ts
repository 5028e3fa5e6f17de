import { viewsReading } from '../../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import type { FactsContext } from './facts-context.ts';

/** Views and materialized views over a relation, directly or through others; sorted. */
export interface ViewsOver {
  readonly certain: readonly RelationKey[];
  /** Views of which the catalog does not tell whether they read the column in question. */
  readonly possible: readonly RelationKey[];
}

/**
 * The views that read a relation, or one of its columns when given. A view over such a view counts whatever it reads:
 * it cannot stay when the one below it goes.
 */
export function viewsOver(context: FactsContext, key: RelationKey, column: string | null): ViewsOver {
  const certain = new Set<RelationKey>();
  const possible = new Set<RelationKey>();
  const collect = (source: RelationKey, named: string | null, into: Set<RelationKey>): void => {
    for (const view of viewsReading(context.catalog, source, named)) {
      const name = relationKey(view.name);
      const read = view.reads.find((one) => one.relation === source);
      const target = named !== null && read?.columns === null ? possible : into;
      if (target.has(name)) continue;
      target.add(name);
      collect(name, null, target);
    }
  };
  collect(key, column, certain);
  return { certain: [...certain].sort(), possible: [...possible].filter((name) => !certain.has(name)).sort() };
}
