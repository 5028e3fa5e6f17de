import { resolveName } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { rowChange } from '../row-changes.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** All rows have another value, and the planner does not know it yet. */
export const analyzeAfterBackfill: Rule = {
  id: 'analyze-after-backfill',
  severity: 'info',
  about: ['dml'],
  summary: 'All rows of a table are changed, and no ANALYZE follows that tells the planner.',
  remedy: 'Run ANALYZE on the table afterwards; it reads a sample and holds up nobody.',
  check(input) {
    const change = rowChange(input);
    if (change === null || change.action.verb !== 'update' || change.action.filtered) return null;
    const { written } = change;
    for (const later of input.later('analyze')) {
      if (later.kind !== 'analyze') continue;
      const named = later.tables.map((name) => relationKey(resolveName(input.catalog, name)));
      if (named.length === 0 || written.every((one) => named.includes(one))) return null;
    }
    return {
      title: `Changes every row of ${list(written)}, and nothing tells the planner.`,
      consequence: `Until autovacuum has looked at it, queries by ${list(change.action.sets ?? [])} are planned with the old statistics.`,
      relations: written,
    };
  },
};
