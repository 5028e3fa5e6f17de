import type { Action } from '../model/action.ts';
import type { Catalog } from '../model/catalog.ts';
import { findTable, nameForCreation } from '../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';

/** Between which statements, by their place in the list, a table was there and empty. */
interface Emptiness {
  readonly since: number;
  readonly until: number;
}

/**
 * Which tables hold no row when a statement comes to them: those that the same file creates, until a statement of it may
 * put rows in. Tables that were there before are taken for full.
 */
export class EmptyTables {
  readonly #known = new Map<RelationKey, Emptiness>();
  /** Those of them that are empty still. */
  readonly #empty = new Set<RelationKey>();

  /** The statement at a place has run; `before` is the schema that it met. */
  pass(place: number, before: Catalog, action: Action): void {
    switch (action.kind) {
      case 'create-table': {
        const key = relationKey(nameForCreation(before, action.name));
        if (before.relations[key] === undefined) {
          this.#known.set(key, { since: place + 1, until: Number.POSITIVE_INFINITY });
          this.#empty.add(key);
        }
        return;
      }
      case 'dml':
        for (const written of action.writes) {
          const table = findTable(before, written);
          if (table !== null) this.#fill(relationKey(table.name), place);
        }
        // What a function does is not looked into.
        if ((action.query?.functions.length ?? 0) > 0) this.#fillAll(place);
        return;
      case 'code-block':
      case 'opaque':
        return this.#fillAll(place);
      default:
    }
  }

  /** Whether a table is empty for the statement at a place. */
  isEmptyAt(place: number): (relation: RelationKey) => boolean {
    return (relation) => {
      const known = this.#known.get(relation);
      return known !== undefined && known.since <= place && place <= known.until;
    };
  }

  #fill(key: RelationKey, place: number): void {
    const known = this.#known.get(key);
    if (known !== undefined && this.#empty.delete(key)) this.#known.set(key, { ...known, until: place });
  }

  #fillAll(place: number): void {
    for (const key of this.#empty) this.#fill(key, place);
  }
}
