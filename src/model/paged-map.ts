interface Entry<Value> {
  readonly key: string;
  readonly value: Value;
  /** Where it stands among the others. */
  readonly order: number;
}

type Page<Value> = readonly (Entry<Value> | undefined)[];

const PAGE_ENTRIES = 64;

/**
 * A map that never changes: putting and removing answer a new one that shares nearly everything with the old one. Keys
 * keep the order in which they came, as those of an object do.
 *
 * Each key has a number, which all versions share, and its entry stands at that place in a page: a change copies one page
 * and the list of pages.
 */
export class PagedMap<Value extends object> {
  /** Only ever grows. */
  readonly #numbers: Map<string, number>;
  readonly #pages: readonly (Page<Value> | undefined)[];
  readonly #nextOrder: number;

  private constructor(numbers: Map<string, number>, pages: readonly (Page<Value> | undefined)[], nextOrder: number) {
    this.#numbers = numbers;
    this.#pages = pages;
    this.#nextOrder = nextOrder;
  }

  static of<Value extends object>(entries: Iterable<readonly [string, Value]>): PagedMap<Value> {
    const numbers = new Map<string, number>();
    const pages: Entry<Value>[][] = [];
    for (const [key, value] of entries) {
      const order = numbers.size;
      numbers.set(key, order);
      if (order % PAGE_ENTRIES === 0) pages.push([]);
      pages.at(-1)?.push({ key, value, order });
    }
    return new PagedMap(numbers, pages, numbers.size);
  }

  get(key: string): Value | undefined {
    return this.#entryOf(key)?.value;
  }

  put(key: string, value: Value): PagedMap<Value> {
    const order = this.#entryOf(key)?.order ?? this.#nextOrder;
    return this.#with(key, { key, value, order });
  }

  remove(key: string): PagedMap<Value> {
    return this.#entryOf(key) === undefined ? this : this.#with(key, undefined);
  }

  /** Another key and value in the place of one. */
  rename(key: string, to: string, value: Value): PagedMap<Value> {
    const before = this.#entryOf(key);
    return before === undefined ? this : this.remove(key).#with(to, { key: to, value, order: before.order });
  }

  keys(): readonly string[] {
    const entries: Entry<Value>[] = [];
    for (const page of this.#pages) for (const entry of page ?? []) if (entry !== undefined) entries.push(entry);
    return entries.sort((a, b) => a.order - b.order).map(({ key }) => key);
  }

  #entryOf(key: string): Entry<Value> | undefined {
    const number = this.#numbers.get(key);
    return number === undefined ? undefined : this.#pages[pageOf(number)]?.[number % PAGE_ENTRIES];
  }

  #with(key: string, entry: Entry<Value> | undefined): PagedMap<Value> {
    const number = this.#numbers.get(key) ?? this.#numbers.size;
    this.#numbers.set(key, number);
    const pages = this.#pages.slice();
    const page = pages[pageOf(number)]?.slice() ?? [];
    // No holes: those of other versions stand here as undefined.
    while (page.length < number % PAGE_ENTRIES) page.push(undefined);
    page[number % PAGE_ENTRIES] = entry;
    while (pages.length < pageOf(number)) pages.push(undefined);
    pages[pageOf(number)] = page;
    const nextOrder = Math.max(this.#nextOrder, (entry?.order ?? -1) + 1);
    return new PagedMap(this.#numbers, pages, nextOrder);
  }
}

function pageOf(number: number): number {
  return Math.floor(number / PAGE_ENTRIES);
}
