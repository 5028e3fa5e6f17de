import type { Action } from '../../model/action.ts';
import { findTable } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { publicationsOf } from '../published.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

const REMEDY = 'What is added comes to the subscribers first, and what is dropped goes from them last.';

/** A change of a published table does not reach the subscribers. */
export const publishedTableChanges: Rule = {
  id: 'published-table-changes',
  severity: 'info',
  about: ['rename', 'alter-table'],
  commands: ['add-column', 'drop-column', 'set-type'],
  perCommand: true,
  summary: 'The shape of a published table changes; subscribers do not hear of it.',
  remedy: REMEDY,
  check(input) {
    const { action, catalog, facts } = input;
    const change = changeOf(action);
    if (change === null || !('name' in action) || typeof action.name !== 'object' || action.name === null) return null;
    const table = findTable(catalog, action.name);
    const publications = table === null ? [] : publicationsOf(catalog, table);
    if (table === null || publications.length === 0 || facts.failure !== null) return null;
    const key = relationKey(table.name);
    if (!input.isUsed(key)) return null;
    return {
      title: `Changes ${key}, which ${list(publications.map((one) => one.name))} publishes.`,
      consequence: `Changes of the schema are not replicated. ${change}`,
      remedy: REMEDY,
      relations: [key],
    };
  },
};

const ADDED = 'A subscriber that lacks the column stops with an error at the first row that is written after it.';
const GONE = 'A subscriber keeps what is dropped here; a column that is NOT NULL there, without a default, stops it.';
const RENAMED =
  'A subscriber finds tables and columns by name, and stops with an error at the first row under a new one.';

function changeOf(action: Action): string | null {
  if (action.kind === 'rename') return action.object === 'table' || action.object === 'column' ? RENAMED : null;
  if (action.kind !== 'alter-table') return null;
  const kinds = new Set(action.commands.map((one) => one.kind));
  if (kinds.has('add-column')) return ADDED;
  if (kinds.has('drop-column')) return GONE;
  return kinds.has('set-type') ? 'A value that the type of the subscriber does not take stops it.' : null;
}
