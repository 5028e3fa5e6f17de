import type { CreateTableAs } from '../model/action.ts';
import { resolveName } from '../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import type { RuleInput } from './rule.ts';

/** A query whose answer is stored while the migration runs. */
export interface StoredQuery {
  readonly name: RelationKey;
  /** What it reads that is in use. */
  readonly reads: readonly RelationKey[];
}

/** The query of CREATE TABLE AS or CREATE MATERIALIZED VIEW over tables in use; null where it does not run. */
export function storedQuery(input: RuleInput, object: CreateTableAs['object']): StoredQuery | null {
  const { action, catalog, facts } = input;
  if (action.kind !== 'create-table-as' || action.object !== object || !action.withData) return null;
  const name = relationKey(resolveName(catalog, action.name));
  const reads = action.reads.map((one) => relationKey(resolveName(catalog, one))).filter((one) => input.isUsed(one));
  const runs = facts.failure === null && catalog.relations[name] === undefined && reads.length > 0;
  return runs ? { name, reads: [...new Set(reads)] } : null;
}
