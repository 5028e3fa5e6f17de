import type { Action, ActionKind } from '../model/action.ts';

const NO_CHANGE: ReadonlySet<ActionKind> = new Set<ActionKind>([
  'dml',
  'set-variable',
  'transaction',
  'lock-table',
  'vacuum',
  'analyze',
  'cluster',
  'reindex',
  'refresh-materialized-view',
  'truncate',
  'code-block',
  'opaque',
]);

/** Whether a statement makes, changes or drops something of the schema, as far as can be told. */
export function changesSchema(action: Action): boolean {
  return !NO_CHANGE.has(action.kind);
}
