import type { Action } from '../model/action.ts';

/** Where Evenkeel keeps what was done to a database. */
const LEDGER_SCHEMA = 'evenkeel';

/** Kinds that leave the ledger as it is. */
const HARMLESS: ReadonlySet<Action['kind']> = new Set(['grant', 'comment', 'analyze', 'vacuum']);

/** Whether a statement changes the schema of the ledger, or anything in it; to read from it is nobody's harm. */
export function touchesLedger(action: Action): boolean {
  if (HARMLESS.has(action.kind)) return false;
  switch (action.kind) {
    case 'create-schema':
      return action.name === LEDGER_SCHEMA;
    case 'drop':
      return action.names.some(({ schema, name }) => (action.object === 'schema' ? name : schema) === LEDGER_SCHEMA);
    case 'rename':
      return (action.object === 'schema' ? action.name.name : action.name.schema) === LEDGER_SCHEMA;
    case 'set-schema':
      return action.schema === LEDGER_SCHEMA || action.name.schema === LEDGER_SCHEMA;
    case 'set-variable':
      return action.name === 'search_path' && namesLedger(action.value ?? '');
    case 'dml':
      return action.writes.some(inLedger) || (action.settings ?? []).some(touchesLedger);
    default:
      return mentionsLedger(action);
  }
}

function inLedger({ schema }: { readonly schema: string | null }): boolean {
  return schema === LEDGER_SCHEMA;
}

function namesLedger(searchPath: string): boolean {
  return searchPath.split(',').some((name) => name.trim().replaceAll('"', '') === LEDGER_SCHEMA);
}

/** Any `{ schema, name }` of the action, however deep: tables, what they refer to, functions. */
function mentionsLedger(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if ('schema' in value && value.schema === LEDGER_SCHEMA) return true;
  return Object.values(value).some(mentionsLedger);
}
