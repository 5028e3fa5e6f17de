import type { Catalog, Relation, Traffic } from '../model/catalog.ts';
import type { RelationStatistics, Snapshot } from '../model/snapshot.ts';

/**
 * The catalog with the sizes and the traffic that statistics know. Of two estimates the greater one counts: rows are
 * those of the last ANALYZE or those of the counters, and bytes grow along; rates are the average or the sample.
 *
 * @param averageIsExact whether the counters of this database are known to have begun when the average says so.
 */
export function measuredCatalog(catalog: Catalog, relations: Snapshot['relations'], averageIsExact: boolean): Catalog {
  const entries = Object.entries(catalog.relations).map(([key, relation]): [string, Relation] => {
    const statistics = relations[key];
    return [key, statistics === undefined ? relation : measured(relation, statistics, averageIsExact)];
  });
  return { ...catalog, relations: Object.fromEntries(entries) };
}

/** The catalog of the schema alone: nothing that changes while the schema does not. */
export function catalogWithoutSizes(catalog: Catalog): Catalog {
  const entries = Object.entries(catalog.relations).map(([key, relation]): [string, Relation] => [
    key,
    relation.kind === 'sequence' ? relation : { ...relation, rowsEstimate: null, bytes: null },
  ]);
  return { ...catalog, relations: Object.fromEntries(entries) };
}

function measured(relation: Relation, statistics: RelationStatistics, averageIsExact: boolean): Relation {
  if (relation.kind === 'sequence') return relation;
  const { rows, liveRows, bytes, toastBytes } = statistics;
  const rowsEstimate = rows === null && (liveRows ?? 0) === 0 ? null : Math.max(rows ?? 0, liveRows ?? 0);
  const growth = rows === null || rows === 0 ? 1 : Math.max(1, (liveRows ?? 0) / rows);
  const traffic = trafficOf(statistics, averageIsExact);
  return {
    ...relation,
    rowsEstimate,
    // An empty table that has been filled since it was counted has a size that nobody knows.
    bytes: rows === 0 && (liveRows ?? 0) > 0 ? null : grown(bytes, growth),
    toastBytes: grown(toastBytes, growth),
    ...(traffic === null ? {} : { traffic }),
  };
}

function grown(bytes: number | null, growth: number): number | null {
  return bytes === null ? null : Math.round(bytes * growth);
}

function trafficOf({ average, sampled }: RelationStatistics, averageIsExact: boolean): Traffic | null {
  if (average === null && sampled === null) return null;
  const greater = (name: 'scans' | 'inserts' | 'changes'): number =>
    Math.max(average?.[name] ?? 0, sampled?.[name] ?? 0);
  const rates = { scans: greater('scans'), inserts: greater('inserts'), changes: greater('changes') };
  return sampled === null && !averageIsExact ? { ...rates, atLeast: true } : rates;
}
