import type { Catalog } from '../model/catalog.ts';
import { resolveName } from '../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import type { JudgedStep } from './judge-statements.ts';

/** New names of relations that were there before the file: whoever uses them does so under whichever name. */
export function renamedRelations(steps: readonly JudgedStep[], start: Catalog): ReadonlySet<RelationKey> {
  const renamed = new Set<RelationKey>();
  for (const { statement, before } of steps) {
    const { action } = statement;
    if (action.kind !== 'set-schema' && (action.kind !== 'rename' || action.member !== null)) continue;
    const old = resolveName(before, action.name);
    if (start.relations[relationKey(old)] === undefined && !renamed.has(relationKey(old))) continue;
    const now = action.kind === 'rename' ? { ...old, name: action.to } : { ...old, schema: action.schema };
    renamed.add(relationKey(now));
  }
  return renamed;
}
