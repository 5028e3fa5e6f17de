import type { Action, ActionKind } from '../model/action.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { ParsedMigration } from './parsed-migration.ts';

interface Placed {
  /** How many statements of all files stand before it. */
  readonly at: number;
  readonly action: Action;
}

/**
 * The statements of all files in the order in which they run. Many rules ask what comes later, so it is written down once
 * where those of a kind stand, and those of a kind that name a table.
 */
export class ActionSequence {
  readonly #starts: ReadonlyMap<ParsedMigration, number>;
  readonly #all: readonly Placed[];
  readonly #byKind: ReadonlyMap<string, readonly Placed[]>;

  constructor(files: readonly ParsedMigration[]) {
    const starts = new Map<ParsedMigration, number>();
    const all: Placed[] = [];
    const byKind = new Map<string, Placed[]>();
    for (const file of files) {
      starts.set(file, all.length);
      for (const { action } of file.statements) {
        const placed = { at: all.length, action };
        all.push(placed);
        push(byKind, action.kind, placed);
        const table = tableNamed(action);
        if (table !== null) push(byKind, keyOf(action.kind, table), placed);
      }
    }
    this.#starts = starts;
    this.#all = all;
    this.#byKind = byKind;
  }

  /**
   * What runs after the statement at a position of its file: the rest of the file and the files after it.
   *
   * @param kinds statements of these kinds alone, which costs less; none for all. Of one kind they come in their order.
   */
  *after(file: ParsedMigration, position: number, kinds: readonly ActionKind[]): Generator<Action> {
    const at = (this.#starts.get(file) ?? 0) + position;
    if (kinds.length === 0) yield* actionsFrom(this.#all, at + 1);
    for (const kind of kinds) yield* laterThan(this.#byKind.get(kind), at);
  }

  /** The same, of one kind, on what may be the table: those of its name, whatever schema they say. */
  *afterOn(file: ParsedMigration, position: number, kind: TableActionKind, table: RelationKey): Generator<Action> {
    const at = (this.#starts.get(file) ?? 0) + position;
    // A schema may have a dot in its name, too.
    for (let dot = table.indexOf('.'); dot >= 0; dot = table.indexOf('.', dot + 1)) {
      yield* laterThan(this.#byKind.get(keyOf(kind, table.slice(dot + 1))), at);
    }
  }
}

/** Statements that are about one table, and say which. */
export type TableActionKind = 'alter-table' | 'create-index';

function tableNamed(action: Action): string | null {
  if (action.kind === 'alter-table') return action.name.name;
  return action.kind === 'create-index' ? action.table.name : null;
}

function keyOf(kind: ActionKind, table: string): string {
  return `${kind} ${table}`;
}

function push(map: Map<string, Placed[]>, key: string, placed: Placed): void {
  const same = map.get(key);
  if (same === undefined) map.set(key, [placed]);
  else same.push(placed);
}

function laterThan(placed: readonly Placed[] = [], at: number): Generator<Action> {
  let [low, high] = [0, placed.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((placed[middle]?.at ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return actionsFrom(placed, low);
}

function* actionsFrom(placed: readonly Placed[], start: number): Generator<Action> {
  for (let index = start; index < placed.length; index += 1) {
    const one = placed[index];
    if (one !== undefined) yield one.action;
  }
}
