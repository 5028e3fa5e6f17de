import type { Action, ActionKind } from '../model/action.ts';
import type { ParsedMigration } from './check.ts';

type ByKind = ReadonlyMap<ActionKind, readonly { readonly at: number; readonly action: Action }[]>;

const KNOWN = new WeakMap<ParsedMigration, ByKind>();

/** Where the statements of a file stand, by kind; gone through once for each file. */
function byKind(file: ParsedMigration): ByKind {
  const known = KNOWN.get(file);
  if (known !== undefined) return known;
  const found = new Map<ActionKind, { at: number; action: Action }[]>();
  for (const [at, { action }] of file.statements.entries()) {
    const same = found.get(action.kind);
    if (same === undefined) found.set(action.kind, [{ at, action }]);
    else same.push({ at, action });
  }
  KNOWN.set(file, found);
  return found;
}

/**
 * What runs after the statement at a position of its file: the rest of the file and the files after it.
 *
 * @param kinds statements of these kinds alone, which costs less; none for all. Of one kind they come in their order.
 */
export function* actionsAfter(
  position: number,
  file: ParsedMigration,
  laterFiles: readonly ParsedMigration[],
  kinds: readonly ActionKind[],
): Generator<Action> {
  if (kinds.length === 0) {
    for (let at = position + 1; at < file.statements.length; at += 1) {
      const statement = file.statements[at];
      if (statement !== undefined) yield statement.action;
    }
    for (const later of laterFiles) for (const { action } of later.statements) yield action;
    return;
  }
  for (const kind of kinds) {
    for (const { at, action } of byKind(file).get(kind) ?? []) if (at > position) yield action;
    for (const later of laterFiles) for (const { action } of byKind(later).get(kind) ?? []) yield action;
  }
}
