import { isSameType, type TypeChange } from './type-change.ts';

/**
 * Whether a change of type would be free if it had no USING: the type stays, or a string gets more room. Asked where
 * the facts tell of a rewrite.
 */
export function forcedByUsing({ column, command }: TypeChange): boolean {
  const { type: to, using } = command;
  const from = column.type;
  if (using === null) return false;
  if (isSameType(from, to)) return true;
  if (from.schema !== null || to.schema !== null || from.arrayDimensions + to.arrayDimensions > 0) return false;
  const [before, after] = [from.modifiers[0], to.modifiers[0]];
  const hasRoom = after === undefined || (before !== undefined && before <= after);
  if (from.name === 'varchar') return (to.name === 'varchar' || to.name === 'text') && hasRoom;
  return from.name === 'text' && to.name === 'varchar' && after === undefined;
}
