/**
 * A map that never changes: putting and removing answer a new one that shares nearly everything with the old one. Keys
 * keep the order in which they came, as those of an object do.
 *
 * What changed lies in a small layer over a large one; both become one again when the small one has grown, so that a
 * change costs about the root of the size.
 */
export class LayeredMap<Value extends object> {
  readonly #base: ReadonlyMap<string, Value>;
  /** null stands for what was removed. */
  readonly #changes: ReadonlyMap<string, Value | null>;

  constructor(base: ReadonlyMap<string, Value>, changes: ReadonlyMap<string, Value | null> = new Map()) {
    this.#base = base;
    this.#changes = changes;
  }

  get(key: string): Value | undefined {
    const changed = this.#changes.get(key);
    return changed === undefined ? this.#base.get(key) : (changed ?? undefined);
  }

  put(key: string, value: Value): LayeredMap<Value> {
    // What comes again stands at the end.
    if (this.#changes.get(key) === null) return new LayeredMap(this.#merged()).put(key, value);
    return this.#with(key, value);
  }

  remove(key: string): LayeredMap<Value> {
    return this.get(key) === undefined ? this : this.#with(key, null);
  }

  /** Another key and value in the place of one. */
  rename(key: string, to: string, value: Value): LayeredMap<Value> {
    const renamed = [...this.#merged()].map((entry) => (entry[0] === key ? ([to, value] as const) : entry));
    return new LayeredMap(new Map(renamed));
  }

  keys(): readonly string[] {
    return [...(this.#changes.size === 0 ? this.#base : this.#merged()).keys()];
  }

  #with(key: string, value: Value | null): LayeredMap<Value> {
    const changes = new Map(this.#changes).set(key, value);
    const next = new LayeredMap(this.#base, changes);
    return changes.size * changes.size <= Math.max(256, this.#base.size) ? next : new LayeredMap(next.#merged());
  }

  #merged(): ReadonlyMap<string, Value> {
    const merged = new Map(this.#base);
    for (const [key, value] of this.#changes) {
      if (value === null) merged.delete(key);
      else merged.set(key, value);
    }
    return merged;
  }
}
