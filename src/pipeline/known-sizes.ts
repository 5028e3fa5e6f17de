import type { Catalog } from '../model/catalog.ts';
import { partitionsOf, tableOf } from '../model/catalog-lookup.ts';
import type { Plan, Step } from '../model/plan.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { PlanReport, RelationSize } from '../model/report.ts';

/** The sizes of what a plan locks and fills, where the statistics of the server tell. */
export function knownSizes(plan: Plan, catalog: Catalog): PlanReport['sizes'] {
  const relations = new Set(plan.migrations.flatMap(({ steps }) => steps.flatMap(touched)));
  const sizes = [...relations].sort().map((relation) => [relation, sizeOf(catalog, relation)] as const);
  return Object.fromEntries(sizes.filter(([, { rows, bytes }]) => rows !== null || bytes !== null));
}

function touched(step: Step): readonly RelationKey[] {
  const locked = step.locks.map(({ relation }) => relation);
  return step.kind === 'backfill' ? [step.table, ...locked] : locked;
}

/** As the statistics have it; a partitioned table has what its partitions have, if that is known of all of them. */
export function sizeOf(catalog: Catalog, relation: RelationKey): RelationSize {
  const found = catalog.relations[relation];
  if (found === undefined || found.kind === 'sequence') return { rows: null, bytes: null };
  if (found.kind === 'table' && found.partitionBy !== null) {
    const leaves = partitionsOf(catalog, relation).filter((one) => tableOf(catalog, one)?.partitionBy === null);
    const sizes = leaves.map((leaf) => sizeOf(catalog, leaf));
    return { rows: sumOf(sizes.map(({ rows }) => rows)), bytes: sumOf(sizes.map(({ bytes }) => bytes)) };
  }
  const { rowsEstimate, bytes, toastBytes } = found;
  return { rows: rowsEstimate, bytes: bytes === null ? null : bytes + (toastBytes ?? 0) };
}

function sumOf(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0);
}
