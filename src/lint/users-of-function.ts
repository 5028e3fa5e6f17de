import type { Catalog } from '../model/catalog.ts';
import type { Expression } from '../model/expression.ts';
import type { RelationKey } from '../model/relation-name.ts';

/** Something that was reckoned with a function and is stored. */
export interface StoredResult {
  /** `the index orders_code_idx`, `the constraint code_check`, `the column total`. */
  readonly what: string;
  readonly relation: RelationKey;
}

/** Indexes, checks and generated columns that call a function: what they hold was reckoned when rows were written. */
export function storedResultsOf(catalog: Catalog, functionName: string): readonly StoredResult[] {
  const calls = (expression: Expression | null): boolean =>
    expression?.functions.some((one) => (one.split('.').at(-1) ?? one).replaceAll('"', '') === functionName) === true;
  return Object.entries(catalog.relations).flatMap(([relation, one]) => {
    if (one.kind === 'sequence') return [];
    const indexes = one.indexes
      .filter((index) => calls(index.predicate) || index.keys.some((key) => calls(key.expression)))
      .map((index) => `the index ${index.name}`);
    if (one.kind !== 'table') return indexes.map((what) => ({ what, relation }));
    const checks = one.constraints
      .filter((constraint) => constraint.kind === 'check' && calls(constraint.expression))
      .map((constraint) => `the constraint ${constraint.name}`);
    const columns = one.columns
      .filter((column) => column.generated === 'stored' && calls(column.default))
      .map((column) => `the column ${column.name}`);
    return [...indexes, ...checks, ...columns].map((what) => ({ what, relation }));
  });
}
