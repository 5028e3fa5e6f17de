import type { CodeStatements } from '../../model/action.ts';
import { codeStatements } from './code-statements.ts';
import { readAction } from './read-action.ts';

/**
 * The statements inside the body of a function, as a catalog stores it.
 *
 * @returns null for a body in the SQL standard's form (BEGIN ATOMIC, RETURN), which is no text that stands alone.
 */
export function parseCode(language: string, body: string): CodeStatements | null {
  if (/^\s*(BEGIN\s+ATOMIC|RETURN)\b/i.test(body) && language === 'sql') return null;
  return codeStatements(language, body, readAction);
}
