import type { SetVariable } from '../model/set-variable.ts';
import { quoteIdentifier, quoteLiteral } from '../sql/postgres/quote.ts';

/** Settings that Evenkeel chooses itself for every step. */
const OURS = new Set([
  'lock_timeout',
  'statement_timeout',
  'idle_in_transaction_session_timeout',
  'transaction_timeout',
  'deadlock_timeout',
]);

/** Whether Evenkeel chooses the setting itself, whatever a file says. */
export function isOwnSetting(name: string): boolean {
  return OURS.has(name.toLowerCase());
}

export interface FileSettings {
  /** SET LOCAL statements that go before the SQL of every later step of the file. */
  readonly settings: readonly string[];
  readonly note: string | null;
}

/** Carries a SET of the migration file over to the steps behind it. */
export function fileSettings(before: readonly string[], action: SetVariable): FileSettings {
  const name = action.name.toLowerCase();
  if (isOwnSetting(name)) {
    return { settings: before, note: `SET ${name} is left out: every step has timeouts of its own.` };
  }
  const others = before.filter((one) => !one.startsWith(`SET LOCAL ${quoteName(name)} `));
  if (action.value === null) return { settings: others, note: null };
  return { settings: [...others, `SET LOCAL ${quoteName(name)} = ${valueSql(name, action.value)}`], note: null };
}

function quoteName(name: string): string {
  return name.split('.').map(quoteIdentifier).join('.');
}

/** search_path is a list; a quoted list would be one odd schema. */
function valueSql(name: string, value: string): string {
  if (name !== 'search_path') return quoteLiteral(value);
  return value
    .split(',')
    .map((schema) => quoteLiteral(schema.trim().replaceAll('"', '')))
    .join(', ');
}
