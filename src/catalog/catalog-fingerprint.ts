import { createHash } from 'node:crypto';
import type { Catalog } from '../model/catalog.ts';

/** What changes without the schema changing. */
const NO_SCHEMA: ReadonlySet<string> = new Set(['rowsEstimate', 'bytes', 'toastBytes', 'traffic', 'notSeen']);

/**
 * One number for a schema, hex: sha256 over its JSON with sorted keys, without sizes. Two servers of one major with the
 * same schema and the same search path have the same fingerprint; a plan is stamped with it.
 *
 * A catalog that was read and one that was folded from files differ in the spelling of expressions, and so here too.
 */
export function catalogFingerprint(catalog: Catalog): string {
  return createHash('sha256').update(canonicalJson(catalog)).digest('hex');
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([name, field]) => field !== undefined && !NO_SCHEMA.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}
