import { findType } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import { baseTypeOf } from './base-type.ts';
import { JUDGED_TYPES } from './built-in-casts.ts';
import type { FactsContext } from './facts-context.ts';
import { addFailure } from './facts-draft.ts';

const COLLATABLE = new Set(['text', 'varchar', 'bpchar', 'name']);

/** Notes that COLLATE is written at a type that is not sorted by one. */
export function refuseCollation(
  context: FactsContext,
  what: string,
  { type, collation }: { readonly type: DataType; readonly collation: string | null },
): void {
  if (collation === null) return;
  const base = baseTypeOf(context, type);
  const user = findType(context.catalog, base);
  const isPlain = user !== null && user.kind !== 'other' && user.kind !== 'domain';
  const isBuiltIn = user === null && base.schema === null && JUDGED_TYPES.has(base.name);
  if (!isPlain && (!isBuiltIn || COLLATABLE.has(base.name))) return;
  addFailure(context.draft, '42804', `${what} is a ${base.name}, which takes no collation`);
}
